// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.coordinator.http;

import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One call: what is asked and what type the answer has. */
record Call<T>(
    HttpMethod method, URI url, Map<String, String> query, @Nullable Object body, Class<T> answer) {

  /** For messages: method and URL, without the query. */
  String name() {
    return method + " " + url;
  }
}
