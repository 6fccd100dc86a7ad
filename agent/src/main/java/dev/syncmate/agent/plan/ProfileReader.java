// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.syncmate.agent.plan.Profile.GenericFiles;
import dev.syncmate.agent.plan.Profile.MapFiles;
import dev.syncmate.agent.plan.Profile.ObjectFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one profile in a single pass.
 *
 * <p>Keys that the plan doesn't need are skipped unread. Memory is bounded by {@link #FILES_MAX}
 * files and by the limits on names and strings, whatever the input holds.
 *
 * <p><b>Threads.</b> One read, one thread.
 *
 * <p><b>Errors.</b> {@link InputException}: file, JSON pointer, line, what was found, what was
 * expected.
 */
final class ProfileReader {
  private static final int FILES_MAX = 1_000_000;
  private static final int VERSIONS_MAX = 1_000;
  private static final int SHARDING_BITS_MAX = 20;
  private static final int NESTING_MAX = 64;
  private static final int STRING_CHARS_MAX = 64 * 1024;
  private static final int NAME_CHARS_MAX = 4096;
  private static final long DOCUMENT_CHARS_MAX = 1L << 30;
  private static final int POINTER_CHARS_MAX = 200;
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{16}");
  private static final String SIZE = "a whole number from 0 to " + TaskLines.BYTES_MAX;
  private static final String RUN_AGAIN = "a profile as woc.detect writes it";

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
  private final @Nullable Profile other;
  private final List<String> warnings = new ArrayList<>();
  private @Nullable SortedMap<String, MapFiles> maps;
  private @Nullable SortedMap<String, ObjectFiles> objects;
  private @Nullable String format;
  private @Nullable String root;
  private @Nullable List<ProfileFile> genericFiles;
  private final Map<String, String> folders = new HashMap<>();
  private KnownNames known = new KnownNames(List.of());
  private int files;

  /**
   * Makes the reader.
   *
   * @param other the other copy, whose file names are likely the same; null: none
   */
  ProfileReader(Path file, @Nullable Profile other) {
    this.file = file;
    this.other = other;
  }

  Profile read() {
    try (BufferedReader text = Files.newBufferedReader(file);
        JsonParser parser = JSON.createParser(withoutByteOrderMark(text))) {
      return readRoot(parser);
    } catch (CharacterCodingException e) {
      // Replaced by another character, a path would name another file.
      throw new InputException("%s: not UTF-8 text (expected: %s)".formatted(file, RUN_AGAIN), e);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new InputException(
          "%s: line %d: not JSON: %s (expected: %s)"
              .formatted(file, at == null ? 1 : at.getLineNr(), Shown.problem(e), RUN_AGAIN),
          e);
    } catch (IOException e) {
      throw new InputException(Shown.problem(file, e), e);
    }
  }

  private static BufferedReader withoutByteOrderMark(BufferedReader text) throws IOException {
    text.mark(1);
    if (text.read() != '\uFEFF') {
      text.reset();
    }
    return text;
  }

  private Profile readRoot(JsonParser parser) throws IOException {
    parser.nextToken();
    expect(parser, JsonToken.START_OBJECT, "an object: " + RUN_AGAIN);
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      switch (key) {
        case "wocSchemaVersion" -> {
          once(parser, seen, key);
          parser.nextToken();
          schemaVersion(parser);
        }
        case "maps" -> {
          once(parser, seen, key);
          parser.nextToken();
          maps = maps(parser);
        }
        case "objects" -> {
          once(parser, seen, key);
          parser.nextToken();
          objects = objects(parser);
        }
        case Profile.FORMAT_KEY -> {
          once(parser, seen, key);
          parser.nextToken();
          format(parser);
        }
        default -> genericOrUnknown(parser, seen, key);
      }
    }
    if (parser.nextToken() != null) {
      throw wrong(parser, "the end of the file behind the profile");
    }
    return format == null ? woc() : generic();
  }

  private Profile woc() {
    if (maps == null || objects == null) {
      throw new InputException(
          "%s: no key \"%s\" (expected: %s)"
              .formatted(file, maps == null ? "maps" : "objects", RUN_AGAIN));
    }
    return new Profile(
        file,
        Collections.unmodifiableSortedMap(maps),
        Collections.unmodifiableSortedMap(objects),
        null,
        warnings.stream().sorted().toList());
  }

  private Profile generic() {
    String folder = root;
    List<ProfileFile> found = genericFiles;
    if (folder == null || found == null) {
      throw new InputException(
          "%s: no key \"%s\" behind \"%s\" (expected: a profile as profile --format generic writes it)"
              .formatted(
                  file, folder == null ? Profile.ROOT_KEY : Profile.FILES_KEY, Profile.FORMAT_KEY));
    }
    Set<String> repeated = Repeats.of(found.size(), i -> found.get(i).path());
    if (!repeated.isEmpty()) {
      throw new InputException(
          "%s: %s is listed a second time (expected: each path once)"
              .formatted(file, Shown.text(repeated.iterator().next())));
    }
    return new Profile(
        file,
        Collections.emptySortedMap(),
        Collections.emptySortedMap(),
        new GenericFiles(folder, found),
        List.copyOf(warnings));
  }

  private void format(JsonParser parser) throws IOException {
    format = text(parser, Profile.FORMAT_GENERIC);
    if (!format.equals(Profile.FORMAT_GENERIC)) {
      throw wrong(parser, "\"%s\"".formatted(Profile.FORMAT_GENERIC));
    }
  }

  /** The keys of a generic profile mean something behind its first key only. */
  private void genericOrUnknown(JsonParser parser, Set<String> seen, String key)
      throws IOException {
    if (format != null && key.equals(Profile.ROOT_KEY)) {
      once(parser, seen, key);
      parser.nextToken();
      root = folder(parser);
    } else if (format != null && root != null && key.equals(Profile.FILES_KEY)) {
      once(parser, seen, key);
      parser.nextToken();
      known = new KnownNames(other == null ? List.of() : other.genericFiles());
      genericFiles = shards(parser);
    } else {
      skipValue(parser);
    }
  }

  /** Without a slash at its end, so that the root of all is empty. */
  private String folder(JsonParser parser) throws IOException {
    String text = text(parser, "an absolute path of a folder");
    String trimmed = text.replaceAll("/+$", "");
    String normal = SourcePaths.normal(trimmed);
    if (normal == null && !(trimmed.isEmpty() && !text.isEmpty())) {
      throw wrong(parser, "an absolute path of a folder, without .. and NUL");
    }
    return normal == null ? "" : normal;
  }

  private void schemaVersion(JsonParser parser) throws IOException {
    Long version = numberOrNull(parser, "wocSchemaVersion 1 or 2");
    if (version == null || version < 1 || version > 2) {
      throw wrong(parser, "wocSchemaVersion 1 or 2");
    }
  }

  private SortedMap<String, MapFiles> maps(JsonParser parser) throws IOException {
    expect(parser, JsonToken.START_OBJECT, "an object with a list of versions for each map");
    SortedMap<String, MapFiles> byName = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      once(parser, seen, name);
      parser.nextToken();
      known = new KnownNames(other == null ? List.of() : other.shardsOfMap(name));
      MapFiles newest = newestVersion(parser, name);
      if (newest != null) {
        byName.put(name, newest);
      }
    }
    return byName;
  }

  private @Nullable MapFiles newestVersion(JsonParser parser, String name) throws IOException {
    expect(parser, JsonToken.START_ARRAY, "a list of versions");
    MapFiles newest = null;
    Set<String> versions = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      MapFiles next = mapVersion(parser);
      if (!versions.add(next.versionText()) || versions.size() > VERSIONS_MAX) {
        throw wrong(parser, "each version of map %s once".formatted(Shown.text(name)));
      }
      newest = newest == null ? next : newer(newest, next, name);
    }
    return newest;
  }

  private MapFiles newer(MapFiles a, MapFiles b, String name) {
    boolean first = compareAge(a, b) >= 0;
    MapFiles older = first ? b : a;
    if (older.version() == null) {
      warnings.add(
          "%s: map %s: version %s left out (expected: letters, then a number)"
              .formatted(file, Shown.text(name), Shown.text(older.versionText())));
    }
    return first ? a : b;
  }

  /** A version of unknown form is older than any other: it must not hide a real one. */
  private static int compareAge(MapFiles a, MapFiles b) {
    MapVersion versionA = a.version();
    MapVersion versionB = b.version();
    int order =
        versionA == null || versionB == null
            ? Boolean.compare(versionA != null, versionB != null)
            : versionA.compareTo(versionB);
    return order == 0 ? a.versionText().compareTo(b.versionText()) : order;
  }

  private MapFiles mapVersion(JsonParser parser) throws IOException {
    expect(parser, JsonToken.START_OBJECT, "an object: one version of a map");
    String version = null;
    Integer bits = null;
    List<ProfileFile> shards = null;
    List<ProfileFile> larges = List.of();
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      switch (key) {
        case "version" -> {
          once(parser, seen, key);
          parser.nextToken();
          version = text(parser, "a version");
        }
        case "sharding_bits" -> {
          once(parser, seen, key);
          parser.nextToken();
          bits = shardingBits(parser);
        }
        case "shards" -> {
          once(parser, seen, key);
          parser.nextToken();
          shards = shards(parser);
        }
        case "larges" -> {
          once(parser, seen, key);
          parser.nextToken();
          larges = larges(parser);
        }
        default -> skipValue(parser);
      }
    }
    if (version == null || shards == null) {
      throw wrong(parser, "the keys version and shards");
    }
    return new MapFiles(version, MapVersion.parse(version).orElse(null), bits, shards, larges);
  }

  private SortedMap<String, ObjectFiles> objects(JsonParser parser) throws IOException {
    expect(parser, JsonToken.START_OBJECT, "an object with the shards of each kind");
    SortedMap<String, ObjectFiles> byName = new TreeMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      once(parser, byName.keySet(), name, false);
      parser.nextToken();
      known = new KnownNames(other == null ? List.of() : other.shardsOfObjects(name));
      byName.put(name, objectFiles(parser));
    }
    return byName;
  }

  private ObjectFiles objectFiles(JsonParser parser) throws IOException {
    expect(parser, JsonToken.START_OBJECT, "an object: one kind of objects");
    Integer bits = null;
    List<ProfileFile> shards = null;
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      switch (key) {
        case "sharding_bits" -> {
          once(parser, seen, key);
          parser.nextToken();
          bits = shardingBits(parser);
        }
        case "shards" -> {
          once(parser, seen, key);
          parser.nextToken();
          shards = shards(parser);
        }
        default -> skipValue(parser);
      }
    }
    if (shards == null) {
      throw wrong(parser, "the key shards");
    }
    return new ObjectFiles(bits, shards);
  }

  private @Nullable Integer shardingBits(JsonParser parser) throws IOException {
    String expected = "a whole number from 0 to " + SHARDING_BITS_MAX;
    Long bits = numberOrNull(parser, expected);
    if (bits != null && bits > SHARDING_BITS_MAX) {
      throw wrong(parser, expected);
    }
    return bits == null ? null : bits.intValue();
  }

  private List<ProfileFile> shards(JsonParser parser) throws IOException {
    expect(parser, JsonToken.START_ARRAY, "a list of shards");
    List<ProfileFile> shards = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      // Profiles written with --no-skip-missing keep the place of a missing shard.
      if (parser.currentToken() != JsonToken.VALUE_NULL) {
        shards.add(file(parser));
      }
    }
    return List.copyOf(shards);
  }

  private List<ProfileFile> larges(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return List.of();
    }
    expect(parser, JsonToken.START_OBJECT, "an object with a file for each hash");
    List<ProfileFile> larges = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      once(parser, seen, parser.currentName());
      parser.nextToken();
      larges.add(file(parser));
    }
    return List.copyOf(larges);
  }

  private ProfileFile file(JsonParser parser) throws IOException {
    if (++files > FILES_MAX) {
      throw wrong(parser, "at most %d files in a profile".formatted(FILES_MAX));
    }
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return file(path(parser), null, null);
    }
    expect(parser, JsonToken.START_OBJECT, "a path, or an object with path, size and digest");
    String path = null;
    Long size = null;
    Digest digest = null;
    boolean sizeSeen = false;
    boolean digestSeen = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      switch (parser.currentName()) {
        case "path" -> {
          once(parser, path != null);
          parser.nextToken();
          path = path(parser);
        }
        case "size" -> {
          once(parser, sizeSeen);
          sizeSeen = true;
          parser.nextToken();
          size = numberOrNull(parser, SIZE);
        }
        case "digest" -> {
          once(parser, digestSeen);
          digestSeen = true;
          parser.nextToken();
          digest = digest(parser);
        }
        default -> skipValue(parser);
      }
    }
    if (path == null) {
      throw wrong(parser, "the key path");
    }
    if (digest != null && digest.sizeBytes() != null && !digest.sizeBytes().equals(size)) {
      throw wrong(parser, "a digest of %s bytes, as its size says".formatted(size));
    }
    return file(path, size, digest == null ? null : digest.hex());
  }

  private ProfileFile file(String path, @Nullable Long size, @Nullable String digest) {
    int slash = path.lastIndexOf('/');
    String folder = path.substring(0, slash);
    return new ProfileFile(
        folders.computeIfAbsent(folder, first -> first),
        known.find(path.substring(slash + 1)),
        size,
        digest);
  }

  /** A sample digest; python-woc puts the size before that of a small file. */
  private record Digest(@Nullable Long sizeBytes, String hex) {}

  private @Nullable Digest digest(JsonParser parser) throws IOException {
    String expected = "16 hex digits, [size, 16 hex digits] or null";
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      return new Digest(null, hex(parser, expected));
    }
    parser.nextToken();
    Long size = numberOrNull(parser, expected);
    if (size == null) {
      throw wrong(parser, expected);
    }
    parser.nextToken();
    Digest digest = new Digest(size, hex(parser, expected));
    parser.nextToken();
    expect(parser, JsonToken.END_ARRAY, expected);
    return digest;
  }

  private String hex(JsonParser parser, String expected) throws IOException {
    String hex = text(parser, expected);
    if (!DIGEST.matcher(hex).matches()) {
      throw wrong(parser, expected);
    }
    return hex;
  }

  private String path(JsonParser parser) throws IOException {
    String path = text(parser, "an absolute path");
    // Those of a generic profile are relative to its root.
    boolean complete = format == null ? path.startsWith("/") : !path.startsWith("/");
    String normal = complete ? SourcePaths.normal(format == null ? path : root + "/" + path) : null;
    if (normal == null) {
      throw wrong(
          parser,
          "%s path of a file, at most %d characters, without .. and NUL"
              .formatted(format == null ? "an absolute" : "a relative", TaskLines.PATH_CHARS_MAX));
    }
    return normal;
  }

  private @Nullable Long numberOrNull(JsonParser parser, String expected) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return null;
    }
    expect(parser, JsonToken.VALUE_NUMBER_INT, expected);
    if (parser.getNumberType() == NumberType.BIG_INTEGER) {
      throw wrong(parser, expected);
    }
    long number = parser.getLongValue();
    if (number < 0 || number > TaskLines.BYTES_MAX) {
      throw wrong(parser, expected);
    }
    return number;
  }

  private String text(JsonParser parser, String expected) throws IOException {
    expect(parser, JsonToken.VALUE_STRING, expected);
    return parser.getText();
  }

  private void skipValue(JsonParser parser) throws IOException {
    parser.nextToken();
    parser.skipChildren();
  }

  private void once(JsonParser parser, Set<String> seen, String key) {
    once(parser, seen, key, true);
  }

  private void once(JsonParser parser, Set<String> seen, String key, boolean remember) {
    once(parser, remember ? !seen.add(key) : seen.contains(key));
  }

  private void once(JsonParser parser, boolean again) {
    if (again) {
      throw new InputException(
          "%s: %s: a second time (expected: each key once)".formatted(file, where(parser)));
    }
  }

  private void expect(JsonParser parser, JsonToken token, String expected) throws IOException {
    if (parser.currentToken() != token) {
      throw wrong(parser, expected);
    }
  }

  private InputException wrong(JsonParser parser, String expected) throws IOException {
    return new InputException(
        "%s: %s: found %s (expected: %s)".formatted(file, where(parser), found(parser), expected));
  }

  private static String where(JsonParser parser) {
    String pointer = parser.getParsingContext().pathAsPointer().toString();
    String shown = Shown.text(pointer.isEmpty() ? "/" : pointer, POINTER_CHARS_MAX);
    return "%s (line %d)"
        .formatted(shown.substring(1, shown.length() - 1), parser.currentLocation().getLineNr());
  }

  private static String found(JsonParser parser) throws IOException {
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
}
