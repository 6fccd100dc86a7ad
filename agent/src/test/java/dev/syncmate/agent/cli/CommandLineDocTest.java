// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.cli.run.JobRequest;
import dev.syncmate.agent.config.LimitsConfig;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.testing.Doc;
import dev.syncmate.agent.testing.LocalStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** README and the pages of docs against the commands: words, flags, defaults, exit codes. */
class CommandLineDocTest {
  private static final Pattern FLAG = Pattern.compile("(?<![\\w-])--[a-z][a-z-]*[a-z]");
  private static final Pattern COMMAND_LINE = Pattern.compile("agent\\.jar ([^`#(|&]+)");
  private static final Pattern EXIT_CODE = Pattern.compile("\\bexit(?:s| codes?)?:? (\\d+)");
  private static final String NOT_BUILT = "Not built yet";
  private static final Map<String, CommandLine> COMMANDS = program().getSubcommands();

  static Stream<Doc> docs() throws IOException {
    try (Stream<Path> pages = Files.list(LocalStack.root().resolve("docs"))) {
      List<String> names =
          pages
              .map(page -> "docs/" + page.getFileName())
              .filter(name -> name.endsWith(".md"))
              .sorted()
              .toList();
      return Stream.concat(Stream.of("README.md", "SECURITY.md", "CONTRIBUTING.md"), names.stream())
          .map(Doc::of);
    }
  }

  private static CommandLine program() {
    return new CommandLine(new SyncMate()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  @ParameterizedTest
  @MethodSource("docs")
  void commandLines_areUnderstood(Doc doc) {
    commandLines(doc.text()).forEach(CommandLineDocTest::assertUnderstood);
  }

  @Test
  void commandLines_ofReadmeAndEveryHelp_areThereAndUnderstood() {
    assertThat(commandLines(Doc.of("README.md").text())).hasSizeGreaterThan(5);
    for (CommandLine command : COMMANDS.values()) {
      List<String> examples = commandLines(command.getUsageMessage());
      assertThat(examples).as(command.getCommandName()).isNotEmpty();
      examples.forEach(CommandLineDocTest::assertUnderstood);
    }
  }

  private static List<String> commandLines(String text) {
    return COMMAND_LINE
        .matcher(text)
        .results()
        .map(found -> found.group(1).lines().findFirst().orElse("").strip())
        .filter(words -> words.matches("[-a-z].*"))
        .toList();
  }

  private static void assertUnderstood(String words) {
    CommandLine program = program();
    program.parseArgs(Main.withAgentCommand(words.split("\\s+"), program));
  }

  @ParameterizedTest
  @MethodSource("docs")
  void flags_areOfTheCommandThatIsNamedWithThem(Doc doc) {
    for (String span : Doc.codeSpans(doc.without(NOT_BUILT).text())) {
      CommandLine command = COMMANDS.get(span.split("\\s", 2)[0]);
      if (command != null) {
        assertThat(flags(command)).as("flags of '%s' in %s", span, doc).containsAll(flags(span));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("docs")
  void flags_alone_areOfSomeCommandOrScript(Doc doc) throws IOException {
    Set<String> known = new TreeSet<>();
    COMMANDS.values().forEach(command -> known.addAll(flags(command)));
    known.addAll(scriptFlags());
    for (String span : Doc.codeSpans(doc.without(NOT_BUILT).text())) {
      if (span.startsWith("--")) {
        assertThat(known).as("'%s' in %s", span, doc).containsAll(flags(span));
      }
    }
  }

  @Test
  void commandsThatAreNotBuiltYet_areNotThere() {
    List<String> missing =
        Doc.of("README.md").lines().stream()
            .filter(line -> line.startsWith("- the commands "))
            .flatMap(line -> Doc.codeSpans(line).stream())
            .toList();
    assertThat(missing).isNotEmpty();
    assertThat(COMMANDS.keySet()).doesNotContainAnyElementsOf(missing);
  }

  @ParameterizedTest
  @MethodSource("docs")
  void exitCodes_areTheProgramsOwn(Doc doc) {
    assertThat(EXIT_CODE.matcher(doc.text()).results().map(found -> found.group(1)))
        .as(doc.path())
        .isSubsetOf(codes());
  }

  @Test
  void exitCodes_inReadmeAndHelp_areAllOfThem() {
    String help = String.format(SyncMate.EXIT_CODES);
    String readme = Doc.of("README.md").text();
    String said = readme.substring(readme.indexOf("Exit codes of all commands: "));
    assertThat(meanings(said.substring(0, said.indexOf("\n\n")))).isEqualTo(meanings(help));
    assertThat(meanings(help).keySet()).containsExactlyInAnyOrderElementsOf(codes());
  }

  @Test
  void readme_sliceSizes_areThoseThatAreTaken() {
    String limits =
        Doc.of("README.md").table("what").stream()
            .filter(row -> row.get(0).contains("--slice-size"))
            .findFirst()
            .orElseThrow()
            .get(1);
    List<Long> sizes =
        Pattern.compile("\\d+ [KMGT]iB")
            .matcher(limits)
            .results()
            .map(found -> new ByteSize().convert(found.group()))
            .toList();
    assertThat(sizes).hasSize(3);
    assertThat(job(sizes.get(0)).sliceSizeBytes()).isEqualTo(sizes.get(0));
    assertThat(job(sizes.get(1)).sliceSizeBytes()).isEqualTo(sizes.get(1));
    assertThatThrownBy(() -> job(sizes.get(0) - 1)).isInstanceOf(CommandException.class);
    assertThatThrownBy(() -> job(sizes.get(1) + 1)).isInstanceOf(CommandException.class);
    assertThat(new ByteSize().convert(defaultOf("send", "--slice-size"))).isEqualTo(sizes.get(2));
  }

  @Test
  void defaults_thatDocsName_areThose() {
    assertThat(Doc.of("README.md").text())
        .contains("`--drain-timeout` (%s s)".formatted(defaultOf("send", "--drain-timeout")))
        .contains(
            "`--transfers` that finds its own number (it is %d unless given)"
                .formatted(LimitsConfig.TRANSFERS_DEFAULT));
    assertThat(Doc.of("docs/skip-db.md").text())
        .contains(
            "`--poll-interval` seconds (%d)"
                .formatted(new SkipDbFlags().pollInterval().toSeconds()));
  }

  private static JobRequest job(long sliceSizeBytes) {
    return new JobRequest(Path.of("s"), Path.of("d"), false, sliceSizeBytes, Long.MAX_VALUE);
  }

  private static String defaultOf(String command, String flag) {
    return COMMANDS.get(command).getCommandSpec().findOption(flag).defaultValue();
  }

  private static Set<String> flags(CommandLine command) {
    return command.getCommandSpec().optionsMap().keySet();
  }

  private static Set<String> flags(String text) {
    return FLAG.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
  }

  private static Set<String> scriptFlags() throws IOException {
    Set<String> flags = new TreeSet<>();
    for (String folder : new String[] {"scripts", "scripts/lib"}) {
      try (Stream<Path> files = Files.list(LocalStack.root().resolve(folder))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          flags.addAll(flags(Files.readString(file)));
        }
      }
    }
    return flags;
  }

  private static List<String> codes() {
    return Arrays.stream(ExitCode.values()).map(code -> Integer.toString(code.code())).toList();
  }

  /** By code, what the text says that it means, without what stands in brackets. */
  private static Map<String, String> meanings(String text) {
    String plain = text.replaceAll("\\s*\\([^)]*\\)", "").replaceAll("\\s+", " ");
    return Pattern.compile("(\\d+) ([^,.]+)")
        .matcher(plain)
        .results()
        .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
  }
}
