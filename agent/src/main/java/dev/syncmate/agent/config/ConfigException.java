// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import org.jspecify.annotations.Nullable;

/** A configuration that can't be used; the message names file, key and way out, no values. */
public final class ConfigException extends RuntimeException {
  public ConfigException(String message) {
    this(message, null);
  }

  public ConfigException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
