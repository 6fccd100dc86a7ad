// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.offsetfs.FuseVersion;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the value of {@code --fuse}. */
final class FuseVersionConverter implements ITypeConverter<FuseVersion> {
  @Override
  public FuseVersion convert(String value) {
    try {
      return FuseVersion.of(value);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
