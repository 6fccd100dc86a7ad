// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.input.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileReaderTest {
  private static final String X = "0123456789abcdef";

  @TempDir Path folder;

  @Test
  void read_everyFormOfAFile_isTaken() {
    Profile profile =
        read(
            """
            {'x': {'y': [1, {'z': null}]}, 'wocSchemaVersion': 2, 'maps': {}, 'objects': {'blob.bin': {
              'alias': 'blob', 'sharding_bits': 3, 'shards': [
                {'path': '/d//All.blobs/./blob_0.bin', 'size': 5, 'digest': [5, '0123456789abcdef'], 'more': []},
                {'path': '/d/blob_1.bin', 'size': 6000, 'digest': '0123456789abcdef'},
                {'path': '/d/blob_2.bin', 'size': 6000, 'digest': null},
                {'path': '/d/blob_3.bin'},
                '/d/blob_4.bin',
                null
            ]}}}""");

    assertThat(profile.objects().get("blob.bin").shardingBits()).isEqualTo(3);
    assertThat(profile.objects().get("blob.bin").shards())
        .containsExactly(
            file("/d/All.blobs/blob_0.bin", 5L, X),
            file("/d/blob_1.bin", 6000L, X),
            file("/d/blob_2.bin", 6000L, null),
            file("/d/blob_3.bin", null, null),
            file("/d/blob_4.bin", null, null));
  }

  @Test
  void read_schema1_hasPathsOnly() {
    Profile profile =
        read(
            """
            {'wocSchemaVersion': 1, 'objects': {}, 'maps': {'c2f': [{'version': 'V', 'sharding_bits': 1,
             'shards': ['/d/c2fFullV.0.tch'], 'larges': {'ab': '/d/c2fFullV.0.tch.large.ab'}}]}}""");

    assertThat(profile.maps().get("c2f").larges())
        .containsExactly(file("/d/c2fFullV.0.tch.large.ab", null, null));
  }

  @Test
  void read_severalVersions_keepsTheNewest() {
    Profile profile =
        new ProfileText()
            .map("c2f", "V2409")
            .map("c2f", "AA")
            .map("c2f", "V2412")
            .map("c2f", "old_one")
            .map("c2f", "Z")
            .read(folder);

    assertThat(profile.maps().get("c2f").versionText()).isEqualTo("AA");
    assertThat(profile.warnings()).singleElement().asString().contains("old_one");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "                                | nothing",
        "[]                              | found a list (expected: an object",
        "{'maps':{}}                     | no key \"objects\"",
        "{'objects':{}}                  | no key \"maps\"",
        "{'maps':{},'objects':{}         | not JSON",
        "{'maps':{},'objects':{}} x      | not JSON",
        "{'maps':{},'objects':{}} {}     | the end of the file",
        "{'maps':{},'maps':{}            | /maps (line 1): a second time",
        "{'wocSchemaVersion':3           | /wocSchemaVersion (line 1): found 3 (expected: wocSchema",
        "{'wocSchemaVersion':'2'         | found \"2\"",
        "{'maps':[]                      | /maps (line 1): found a list (expected: an object",
        "{'maps':{'a2b':{}               | /maps/a2b (line 1): found an object (expected: a list",
        "{'maps':{'a2b':[7               | /maps/a2b/0 (line 1): found 7",
        "{'maps':{'a2b':[],'a2b':[]      | /maps/a2b (line 1): a second time",
        "{'maps':{'a2b':[{}]             | the keys version and shards",
        "{'maps':{'a2b':[{'version':1    | /maps/a2b/0/version (line 1): found 1",
        "{'maps':{'a2b':[{'version':'A','shards':[]},{'version':'A','shards':[]}] | version of map",
        "{'maps':{'a2b':[{'larges':[]    | /maps/a2b/0/larges (line 1): found a list",
        "{'maps':{'a2b':[{'larges':{'ab':'/x','ab':'/y' | /maps/a2b/0/larges/ab (line 1): a second",
        "{'objects':{'o':{'shards':{}    | /objects/o/shards (line 1): found an object",
        "{'objects':{'o':{'sharding_bits':99 | found 99 (expected: a whole number from 0 to 20)",
        "{'objects':{'o':{'sharding_bits':-1 | found -1",
        "{'objects':{'o':{}              | the key shards",
        "{'objects':{'o':{'shards':[5    | /objects/o/shards/0 (line 1): found 5 (expected: a path,",
        "{'objects':{'o':{'shards':['a'  | found \"a\" (expected: an absolute path",
        "{'objects':{'o':{'shards':['/a/../b' | found \"/a/../b\"",
        "{'objects':{'o':{'shards':['/a/'     | found \"/a/\"",
        "{'objects':{'o':{'shards':['/a\\u0000' | found \"/a\\u0000\"",
        "{'objects':{'o':{'shards':['/a\\ud800' | an absolute path",
        "{'objects':{'o':{'shards':[{}   | the key path",
        "{'objects':{'o':{'shards':[{'path':null | found null",
        "{'objects':{'o':{'shards':[{'size':'1'  | found \"1\" (expected: a whole number",
        "{'objects':{'o':{'shards':[{'size':1.5  | found 1.5",
        "{'objects':{'o':{'shards':[{'size':1e3  | found 1e3",
        "{'objects':{'o':{'shards':[{'size':-1   | found -1",
        "{'objects':{'o':{'shards':[{'size':9007199254740992 | found 9007199254740992",
        "{'objects':{'o':{'shards':[{'size':99999999999999999999999999 | found 99999999999999999999",
        "{'objects':{'o':{'shards':[{'size':1,'size':1 | /objects/o/shards/0/size (line 1): a second",
        "{'objects':{'o':{'shards':[{'digest':'xyz' | found \"xyz\" (expected: 16 hex digits, [size",
        "{'objects':{'o':{'shards':[{'digest':[5]   | 16 hex digits, [size",
        "{'objects':{'o':{'shards':[{'digest':[5,'0123456789abcdef',6] | found 6",
        "{'objects':{'o':{'shards':[{'digest':['5','0123456789abcdef'] | found \"5\"",
        "{'objects':{'o':{'shards':[{'path':'/a','size':6,'digest':[5,'0123456789abcdef']} | 6 bytes",
      })
  void read_wrongInput_namesPlaceFoundAndExpected(String json, String expected) {
    assertThatThrownBy(() -> read(json == null ? "" : json))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(expected)
        .hasMessageContaining("profile")
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'syncmateProfile':'other'                                       | (expected: \"generic\")",
        "{'syncmateProfile':'generic'}                                    | no key \"root\"",
        "{'syncmateProfile':'generic','root':'/s'}                        | no key \"files\"",
        "{'syncmateProfile':'generic','root':'s'                          | an absolute path",
        "{'syncmateProfile':'generic','root':'/s/../t'                    | an absolute path",
        "{'syncmateProfile':'generic','files':[],'root':'/s'}             | no key \"files\"",
        "{'root':'/s','files':[],'syncmateProfile':'generic'}             | no key \"root\"",
        "{'syncmateProfile':'generic','root':'/s','files':['/a']          | a relative path",
        "{'syncmateProfile':'generic','root':'/s','files':['a/../../b']   | a relative path",
        "{'syncmateProfile':'generic','root':'/s','files':['']            | a relative path",
        "{'syncmateProfile':'generic','root':'/s','files':['a','./a']}    | \"/s/a\" is listed a second",
        "{'syncmateProfile':'generic','root':'/s','root':'/s'             | a second time",
      })
  void read_wrongGenericProfile_namesPlaceAndExpected(String json, String expected) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void read_hostileSizes_areRefused() {
    for (String hostile :
        List.of(
            "{'x':" + "[".repeat(100_000),
            "{'maps':{'a':[" + "[".repeat(100_000),
            "{'x':" + "9".repeat(100_000) + "}",
            "{'objects':{'o':{'shards':[{'size':" + "9".repeat(100_000),
            "{'objects':{'o':{'shards':['/" + "a".repeat(100_000) + "'",
            "{'objects':{'o':{'shards':['/" + "a".repeat(5_000) + "'",
            "{'" + "k".repeat(1_000_000) + "':1}")) {
      assertThatThrownBy(() -> read(hostile))
          .isInstanceOf(InputException.class)
          .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(1000));
    }
  }

  @Test
  void read_notUtf8_isRefused() throws IOException {
    String json = new ProfileText().objects("o.bin", "'/s/\u00e9_0.bin'").json();
    Path file = Files.writeString(folder.resolve("profile"), json, StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> Profile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("profile: not UTF-8 text");
  }

  @Test
  void read_byteOrderMark_isSkipped() {
    String json = new ProfileText().objects("o.bin", "'/s/\u00e9_0.bin'").json();

    assertThat(read("\uFEFF" + json).shardsOfObjects("o.bin"))
        .extracting(ProfileFile::path)
        .containsExactly("/s/\u00e9_0.bin");
  }

  @Test
  void read_missingFile_saysSo() {
    assertThatThrownBy(() -> Profile.read(folder.resolve("none.json")))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith("none.json: no such file");
    assertThatThrownBy(() -> Profile.read(folder)).isInstanceOf(InputException.class);
  }

  private static ProfileFile file(String path, @Nullable Long sizeBytes, @Nullable String digest) {
    int slash = path.lastIndexOf('/');
    return new ProfileFile(path.substring(0, slash), path.substring(slash + 1), sizeBytes, digest);
  }

  private Profile read(String json) {
    return ProfileText.read(folder, json.replace('\'', '"'));
  }
}
