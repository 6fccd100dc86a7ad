// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import dev.syncmate.agent.objectstore.ObjectStore.ObjectInfo;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectPage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/** What the SDK says about objects, in the port's words. */
final class Listings {
  private Listings() {}

  static ObjectInfo info(String key, HeadObjectResponse found) {
    return new ObjectInfo(key, found.contentLength(), tag(found.eTag()), found.lastModified());
  }

  static ObjectPage page(ListObjectsV2Response page) {
    return new ObjectPage(
        page.contents().stream()
            .map(
                object ->
                    new ObjectInfo(
                        object.key(), object.size(), tag(object.eTag()), object.lastModified()))
            .toList(),
        Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null);
  }

  static String tag(@Nullable String quoted) {
    return quoted == null ? "" : quoted.replace("\"", "");
  }
}
