// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import dev.syncmate.agent.input.InputException;
import dev.syncmate.agent.input.Shown;
import dev.syncmate.agent.profile.Profile.GenericFiles;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys of a profile that is not one of World of Code: format, root, files, in this order.
 * Before its turn a key means nothing.
 */
final class GenericSection {
  private final JsonCursor json;
  private final FileEntries entries;
  private boolean begun;
  private @Nullable String root;
  private @Nullable List<ProfileFile> files;

  GenericSection(JsonCursor json, FileEntries entries) {
    this.json = json;
    this.entries = entries;
  }

  /** Whether the profile is a generic one, as far as it is read. */
  boolean begun() {
    return begun;
  }

  /** Whether the key means something here. */
  boolean knows(String key) {
    return switch (key) {
      case Profile.FORMAT_KEY -> true;
      case Profile.ROOT_KEY -> begun;
      case Profile.FILES_KEY -> root != null;
      default -> false;
    };
  }

  /** Reads the value of a key that it knows. */
  void read(String key) throws IOException {
    switch (key) {
      case Profile.FORMAT_KEY -> begin();
      case Profile.ROOT_KEY -> {
        root = folder();
        entries.below(root);
      }
      default -> {
        entries.likely(Profile::genericFiles);
        files = entries.shards();
      }
    }
  }

  private void begin() throws IOException {
    if (!json.text(Profile.FORMAT_GENERIC).equals(Profile.FORMAT_GENERIC)) {
      throw json.wrong("\"%s\"".formatted(Profile.FORMAT_GENERIC));
    }
    begun = true;
    entries.relative();
  }

  /** Without a slash at its end, so that the root of all is empty. */
  private String folder() throws IOException {
    String text = json.text("an absolute path of a folder");
    String trimmed = text.replaceAll("/+$", "");
    String normal = ProfilePath.normal(trimmed);
    if (normal == null && !(trimmed.isEmpty() && !text.isEmpty())) {
      throw json.wrong("an absolute path of a folder, without .. and NUL");
    }
    return normal == null ? "" : normal;
  }

  /** What was read, once all is. */
  GenericFiles result() {
    String folder = root;
    List<ProfileFile> found = files;
    if (folder == null || found == null) {
      throw new InputException(
          "%s: no key \"%s\" behind \"%s\" (expected: a profile as profile --format generic writes it)"
              .formatted(
                  json.file(),
                  folder == null ? Profile.ROOT_KEY : Profile.FILES_KEY,
                  Profile.FORMAT_KEY));
    }
    GenericFiles generic = new GenericFiles(folder, found);
    refuseRepeated(generic.inOrder());
    return generic;
  }

  private void refuseRepeated(List<ProfileFile> inOrder) {
    for (int i = 1; i < inOrder.size(); i++) {
      ProfileFile file = inOrder.get(i);
      if (file.isAt(inOrder.get(i - 1))) {
        throw new InputException(
            "%s: %s is listed a second time (expected: each path once)"
                .formatted(json.file(), Shown.text(file.path())));
      }
    }
  }
}
