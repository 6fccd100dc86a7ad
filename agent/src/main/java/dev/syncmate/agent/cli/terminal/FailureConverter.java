// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.Context;

/** Writes a logged exception: on the same line, or with its stack trace at {@code -vv}. */
public final class FailureConverter extends ThrowableProxyConverter {
  @Override
  public String convert(ILoggingEvent event) {
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown == null) {
      return "";
    }
    return traces()
        ? System.lineSeparator() + super.convert(event).stripTrailing()
        : " cause=\"%s: %s\""
            .formatted(thrown.getClassName(), Console.oneLine(thrown.getMessage()));
  }

  private boolean traces() {
    Context context = getContext();
    return context instanceof LoggerContext loggers
        && loggers.getLogger(Logging.OURS).isDebugEnabled();
  }
}
