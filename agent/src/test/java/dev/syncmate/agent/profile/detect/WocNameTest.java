// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.profile.detect.WocName.MapLarge;
import dev.syncmate.agent.profile.detect.WocName.MapShard;
import dev.syncmate.agent.profile.detect.WocName.ObjectShard;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WocNameTest {
  @Test
  void parse_names_areThoseOfPythonWoc() {
    assertThat(WocName.parse("c2fFullR.3.tch")).isEqualTo(new MapShard("c", "f", "R", "3"));
    assertThat(WocName.parse("c2fFullR.tch")).isEqualTo(new MapShard("c", "f", "R", "0"));
    assertThat(WocName.parse("bb2cfFullV2412.127.tch"))
        .isEqualTo(new MapShard("bb", "cf", "V2412", "127"));
    assertThat(WocName.parse("A2cFullU.15.tch.large.59016a4f"))
        .isEqualTo(new MapLarge("A", "c", "U", "15", "59016a4f"));
    assertThat(WocName.parse("commit_0.tch")).isEqualTo(new ObjectShard("commit.tch", "0"));
    assertThat(WocName.parse("sha1.blob_12.bin")).isEqualTo(new ObjectShard("sha1.blob.bin", "12"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "weird.tch",
        "c2fFullR.3.tch.gz",
        "c2fFull.tch",
        "A2cFullU.15.tch.large.XYZ",
        "commit_x.tch",
        "commit_1.tch.bin",
        "_1.txt",
      })
  void parse_otherNames_areNull(String name) {
    assertThat(WocName.parse(name)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"pack_1.idx, false", "pack_1.bin, true", "a.tch.x, true", "a.txt, false"})
  void isCandidate_packIndexes_areNone(String name, boolean expected) {
    assertThat(WocName.isCandidate(name)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "c, f, h, cs", "a, c, s, h", "b, fa, h, cs3", "b, f, h, cs3", "b, tac, h, cs3", "c, dat, h, s",
    "c, h, h, r", "c, R, h, r", "c, ta, h, s", "p, p, s, cs", "P, c, s, h", "c, rhp, h, hhwww",
    "pf, ps, s, s", "b, tk, h, s", "td, f, h, s", "b, manyp, s, h", "c, cc, h, h", "a2b, c, h, h",
  })
  void dataTypes_ofMap_areThoseOfPythonWoc(String from, String to, String key, String value) {
    assertThat(DataTypes.of(from, to)).isEqualTo(List.of(key, value));
  }
}
