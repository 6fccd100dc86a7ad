// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.syncmate.agent.input.InputException;
import dev.syncmate.agent.input.Shown;
import dev.syncmate.agent.profile.Profile.MapFiles;
import dev.syncmate.agent.profile.Profile.ObjectFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads one profile in a single pass.
 *
 * <p>Keys that the plan doesn't need are skipped unread. Memory is bounded by how many files {@link
 * FileEntries} takes and by the limits of {@link JsonCursor}, whatever the input holds.
 *
 * <p><b>Threads.</b> One read, one thread.
 *
 * <p><b>Errors.</b> {@link InputException}: file, JSON pointer, line, what was found, what was
 * expected.
 */
final class ProfileReader {
  private static final String RUN_AGAIN = "a profile as woc.detect writes it";
  private static final String SCHEMA_VERSION = "wocSchemaVersion 1 or 2";

  private final Path file;
  private final @Nullable Profile other;
  private final List<String> warnings = new ArrayList<>();
  private @Nullable SortedMap<String, MapFiles> maps;
  private @Nullable SortedMap<String, ObjectFiles> objects;

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
        JsonCursor json = new JsonCursor(file, text)) {
      return readRoot(json);
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

  private Profile readRoot(JsonCursor json) throws IOException {
    FileEntries entries = new FileEntries(json, other);
    GenericSection generic = new GenericSection(json, entries);
    json.next();
    json.object(
        "an object: " + RUN_AGAIN,
        key ->
            switch (key) {
              case "wocSchemaVersion" -> () -> schemaVersion(json);
              case "maps" -> () -> maps = new MapsSection(json, entries, warnings).read();
              case "objects" -> () -> objects = new ObjectsSection(json, entries).read();
              default -> generic.knows(key) ? () -> generic.read(key) : null;
            });
    json.expectEnd("the end of the file behind the profile");
    return generic.begun() ? generic(generic) : woc();
  }

  private static void schemaVersion(JsonCursor json) throws IOException {
    Long version = json.numberOrNull(SCHEMA_VERSION);
    if (version == null || version < 1 || version > 2) {
      throw json.wrong(SCHEMA_VERSION);
    }
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

  private Profile generic(GenericSection section) {
    return new Profile(
        file,
        Collections.emptySortedMap(),
        Collections.emptySortedMap(),
        section.result(),
        List.copyOf(warnings));
  }
}
