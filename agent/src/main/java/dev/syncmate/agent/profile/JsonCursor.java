// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.syncmate.agent.input.Allowed;
import dev.syncmate.agent.input.InputException;
import dev.syncmate.agent.input.Shown;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place in the JSON text of one profile, and what is wrong there.
 *
 * <p>Nesting, names, strings and the text have limits, whatever the input holds.
 *
 * <p><b>Threads.</b> One read, one thread.
 *
 * <p><b>Errors.</b> {@link InputException}: file, JSON pointer, line, what was found, what was
 * expected. Text that isn't JSON is left to the caller, as Jackson's exception.
 */
final class JsonCursor implements Closeable {
  private static final int NESTING_MAX = 64;
  private static final int STRING_CHARS_MAX = 64 * 1024;
  private static final int NAME_CHARS_MAX = 4096;
  private static final long DOCUMENT_CHARS_MAX = 1L << 30;
  private static final int POINTER_CHARS_MAX = 200;

  // Names are not canonicalized: a hostile profile's many keys would stay in the symbol table.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(NESTING_MAX)
                  .maxStringLength(STRING_CHARS_MAX)
                  .maxNameLength(NAME_CHARS_MAX)
                  .maxDocumentLength(DOCUMENT_CHARS_MAX)
                  .build())
          .build();

  private final Path file;
  private final JsonParser parser;

  /** Says what to do with the value of a key; null: the key means nothing. */
  @FunctionalInterface
  interface Keys {
    @Nullable Value of(String key);
  }

  /** Reads the value that the cursor stands at. */
  @FunctionalInterface
  interface Value {
    void read() throws IOException;
  }

  /** Stands before the text; a byte order mark is no part of it. */
  JsonCursor(Path file, BufferedReader text) throws IOException {
    this.file = file;
    this.parser = JSON.createParser(withoutByteOrderMark(text));
  }

  private static BufferedReader withoutByteOrderMark(BufferedReader text) throws IOException {
    text.mark(1);
    if (text.read() != '\uFEFF') {
      text.reset();
    }
    return text;
  }

  Path file() {
    return file;
  }

  void next() throws IOException {
    parser.nextToken();
  }

  /** Moves on in an object: to its next key, or to its end. */
  boolean nextKey() throws IOException {
    return parser.nextToken() == JsonToken.FIELD_NAME;
  }

  /** Reads the object that it stands at: each known key once, the others unread. */
  void object(String expected, Keys known) throws IOException {
    expect(JsonToken.START_OBJECT, expected);
    Set<String> seen = new HashSet<>();
    while (nextKey()) {
      Value value = known.of(key());
      if (value == null) {
        skipValue();
      } else {
        onlyValue(seen);
        value.read();
      }
    }
  }

  /** Moves on in a list: to its next element, or to its end. */
  boolean nextElement() throws IOException {
    return parser.nextToken() != JsonToken.END_ARRAY;
  }

  String key() throws IOException {
    return parser.currentName();
  }

  /** Moves from a key to its value, and remembers the key: it must not come again. */
  void onlyValue(Set<String> seen) throws IOException {
    onlyValue(!seen.add(parser.currentName()));
  }

  /** Moves from a key to its value, unless the key comes again. */
  void onlyValue(boolean again) throws IOException {
    if (again) {
      throw new InputException(
          "%s: %s: a second time (expected: each key once)".formatted(file, where()));
    }
    parser.nextToken();
  }

  /** Passes the value of a key unread. */
  void skipValue() throws IOException {
    parser.nextToken();
    parser.skipChildren();
  }

  boolean is(JsonToken token) {
    return parser.currentToken() == token;
  }

  void expect(JsonToken token, String expected) throws IOException {
    if (parser.currentToken() != token) {
      throw wrong(expected);
    }
  }

  void expectEnd(String expected) throws IOException {
    if (parser.nextToken() != null) {
      throw wrong(expected);
    }
  }

  String text(String expected) throws IOException {
    expect(JsonToken.VALUE_STRING, expected);
    return parser.getText();
  }

  /** A whole number from 0 to {@link Allowed#BYTES_MAX}, or null. */
  @Nullable Long numberOrNull(String expected) throws IOException {
    if (is(JsonToken.VALUE_NULL)) {
      return null;
    }
    expect(JsonToken.VALUE_NUMBER_INT, expected);
    if (parser.getNumberType() == NumberType.BIG_INTEGER) {
      throw wrong(expected);
    }
    long number = parser.getLongValue();
    if (number < 0 || number > Allowed.BYTES_MAX) {
      throw wrong(expected);
    }
    return number;
  }

  /** What to throw where something else was expected here. */
  InputException wrong(String expected) throws IOException {
    return new InputException(
        "%s: %s: found %s (expected: %s)".formatted(file, where(), found(), expected));
  }

  private String where() {
    String pointer = parser.getParsingContext().pathAsPointer().toString();
    String shown = Shown.text(pointer.isEmpty() ? "/" : pointer, POINTER_CHARS_MAX);
    return "%s (line %d)"
        .formatted(shown.substring(1, shown.length() - 1), parser.currentLocation().getLineNr());
  }

  private String found() throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_OBJECT, END_OBJECT -> "an object";
      case START_ARRAY, END_ARRAY -> "a list";
      case VALUE_NULL -> "null";
      case VALUE_STRING -> Shown.text(parser.getText());
      default -> {
        String shown = Shown.text(parser.getText());
        yield shown.substring(1, shown.length() - 1);
      }
    };
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
