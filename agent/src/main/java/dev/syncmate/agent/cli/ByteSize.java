// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as people write them: 256MiB, 1.5GiB, 4096; K, M, G, T count in 1024s as well. */
final class ByteSize implements ITypeConverter<Long> {
  private static final Pattern SIZE =
      Pattern.compile(
          "(\\d{1,15}(?:\\.\\d{1,6})?)\\s*(?:([KMGTP])(?:i?B)?|B)?", Pattern.CASE_INSENSITIVE);
  private static final Map<String, Integer> SHIFTS =
      Map.of("K", 10, "M", 20, "G", 30, "T", 40, "P", 50);

  @Override
  public Long convert(String value) {
    Matcher matcher = SIZE.matcher(value.strip());
    if (!matcher.matches()) {
      throw new TypeConversionException("'" + value + "' (expected: a size such as 256MiB)");
    }
    String unit = matcher.group(2);
    int shift = unit == null ? 0 : SHIFTS.getOrDefault(unit.toUpperCase(Locale.ROOT), 0);
    try {
      return new BigDecimal(matcher.group(1))
          .multiply(BigDecimal.valueOf(1L << shift))
          .toBigInteger()
          .longValueExact();
    } catch (ArithmeticException e) {
      throw new TypeConversionException("'" + value + "' (expected: less than 8 EiB)");
    }
  }
}
