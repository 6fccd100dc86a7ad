// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.verify;

import dev.syncmate.agent.slice.DigestedSlice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Which slices of a file are read: so many of a hundred, at least one, any of them. */
public final class Sample {
  /** Every slice. */
  public static final double ALL_PERCENT = 100;

  private final double percent;
  private final Random random;

  /** Refuses less than nothing and more than all. */
  public Sample(double percent, Random random) {
    if (!(percent > 0 && percent <= ALL_PERCENT)) {
      throw new IllegalArgumentException(
          "%s %% (expected: more than 0, at most 100)".formatted(percent));
    }
    this.percent = percent;
    this.random = random;
  }

  /** Those to read, by offset. */
  List<DigestedSlice> of(Manifest manifest) {
    List<DigestedSlice> slices = manifest.slices();
    int wanted = (int) Math.ceil(slices.size() * percent / ALL_PERCENT);
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < slices.size(); i++) {
      places.add(i);
    }
    Collections.shuffle(places, random);
    return places.subList(0, wanted).stream().sorted().map(slices::get).toList();
  }
}
