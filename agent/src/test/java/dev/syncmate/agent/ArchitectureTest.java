// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent;

import static com.tngtech.archunit.base.DescribedPredicate.and;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.syncmate.agent.placing.ReceivedFile;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.staging.StagedTransfer;
import dev.syncmate.agent.staging.StagingId;
import dev.syncmate.schema.Direction;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import dev.syncmate.schema.TaskLine;
import java.io.File;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The order of packages, and who alone may name an adapter, a library or a word of the wire. */
@AnalyzeClasses(packages = "dev.syncmate", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "dev.syncmate.agent";
  private static final String SCHEMA = "dev.syncmate.schema";
  private static final String CLI = ROOT + ".cli..";
  private static final String COMMANDS = ROOT + ".cli";
  private static final String DISK = ROOT + ".disk..";
  private static final String ROLE = ROOT + ".role..";
  private static final String[] HTTP = {ROOT + ".coordinator.http.."};
  private static final String[] S3 = {ROOT + ".objectstore.s3.."};
  private static final String[] FUSE = {ROOT + ".offsetfs.fuse.."};

  /** A package with those below it that have no room of their own, and the rooms that it knows. */
  private record Room(String name, Set<String> knows) {
    String packageName() {
      return name.equals("schema") ? SCHEMA : ROOT + "." + name;
    }

    boolean holds(JavaClass type) {
      return (type.getPackageName() + ".").startsWith(packageName() + ".");
    }
  }

  /** From top to bottom: what a room knows is below it. Adapters are known by none but cli.run. */
  private static final List<Room> ROOMS =
      List.of(
          room(
              "cli",
              "cli.run cli.terminal cli.process role profile staging verify offsetfs digest config disk failure schema"),
          room(
              "cli.run",
              "cli.terminal cli.process role relay placing staging verify plan profile input"
                  + " coordinator.http coordinator objectstore.s3 objectstore slice.file slice"
                  + " offsetfs.fuse offsetfs digest config disk metrics failure schema"),
          room("cli.process", "disk failure"),
          room("cli.terminal", "plan digest disk schema"),
          room("role", "placing staging coordinator objectstore slice disk failure schema"),
          room("relay", "placing staging plan objectstore slice digest disk failure schema"),
          room("placing", "staging slice disk failure"),
          room("plan", "profile input digest failure schema"),
          room("profile", "input digest disk"),
          room("staging", "slice disk failure"),
          room("verify", "slice digest disk"),
          room("coordinator.http", "coordinator config failure schema"),
          room("coordinator", "failure schema"),
          room("objectstore.s3", "objectstore slice disk failure"),
          room("objectstore", "slice metrics failure"),
          room("slice.file", "slice digest disk failure"),
          room("slice", ""),
          room("offsetfs.fuse", "offsetfs"),
          room("offsetfs", "disk"),
          room("digest", "disk"),
          room("input", "disk failure"),
          room("config", "disk failure"),
          room("disk", "failure"),
          room("metrics", ""),
          room("failure", ""),
          room("schema", ""));

  private static Room room(String name, String knows) {
    return new Room(name, knows.isEmpty() ? Set.of() : Set.of(knows.split(" ")));
  }

  @ArchTest
  static void packagesKnowOnlyWhatTheirRoomKnows(JavaClasses classes) {
    Set<String> violations = new TreeSet<>();
    for (JavaClass type : classes) {
      Room from = roomOf(type);
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (target.getPackageName().startsWith("dev.syncmate")) {
          Room to = roomOf(target);
          if (!to.equals(from) && !from.knows().contains(to.name())) {
            violations.add(
                "%s may not know %s: %s"
                    .formatted(from.name(), to.name(), dependency.getDescription()));
          }
        }
      }
    }
    assertThat(violations).as("dependencies against the order of packages").isEmpty();
  }

  /** The innermost room, so that an adapter is not taken for its port. */
  private static Room roomOf(JavaClass type) {
    return ROOMS.stream()
        .filter(room -> room.holds(type))
        .max(Comparator.comparingInt(room -> room.name().length()))
        .orElseThrow(
            () -> new AssertionError(type.getName() + " is in no room: give its package one"));
  }

  @Test
  void roomsKnowOnlyWhatIsBelow() {
    Set<String> below = new HashSet<>();
    for (int i = ROOMS.size() - 1; i >= 0; i--) {
      Room room = ROOMS.get(i);
      assertThat(below).as("rooms below %s", room.name()).containsAll(room.knows());
      below.add(room.name());
    }
  }

  /** A loop that asked for the direction of its work would have to know of each. */
  @ArchTest
  static final ArchRule onlySliceWorkChoosesADirection =
      noClasses()
          .that()
          .resideInAPackage(ROLE)
          .and()
          .doNotImplement(ROOT + ".role.SliceWork")
          .should()
          .accessTargetWhere(
              JavaAccess.Predicates.targetOwner(
                  HasName.Predicates.name(Direction.class.getName())));

  /** What a loop runs is given its session: the loop is what knows that there may be none. */
  @ArchTest
  static final ArchRule onlyLoopsAskWhetherThereIsASession =
      noClasses()
          .that()
          .doNotImplement(ROOT + ".role.Loop")
          .should()
          .callMethodWhere(calls(ROOT + ".role.LeaseKeeper", "sessionId"));

  @ArchTest
  static final ArchRule relayKnowsOnlyThePlanOfTheContract =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".relay..")
          .should()
          .dependOnClassesThat(
              JavaClass.Predicates.resideInAPackage(SCHEMA + "..")
                  .and(not(belongToAnyOf(PlannedFile.class, PlanMode.class, TaskLine.class)))
                  .as("are of the contract, but not of its plan"));

  @ArchTest
  static final ArchRule wireBecomesEngineWordsInOneClass =
      noClasses()
          .that()
          .resideInAPackage(ROLE)
          .and()
          .doNotHaveSimpleName("EngineWords")
          .should()
          .callConstructorWhere(
              target(
                  owner(
                      belongToAnyOf(
                          StagedTransfer.class,
                          StagingId.class,
                          ReceivedFile.class,
                          DigestedSlice.class,
                          SliceRange.class))));

  @ArchTest
  static final ArchRule wordsOfTheCommandLineAreReadByTheCommandsOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage(COMMANDS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");

  @ArchTest
  static final ArchRule metersAreNamedByMetersOnly =
      noClasses()
          .that()
          .doNotHaveSimpleName("Meters")
          .should()
          .dependOnClassesThat()
          .haveNameMatching("io\\.micrometer\\..*Builder");

  @ArchTest
  static final ArchRule filesAreMovedAndMeasuredInDisk =
      noClasses()
          .that()
          .resideOutsideOfPackage(DISK)
          .should()
          .callMethod(Files.class, "move", Path.class, Path.class, CopyOption[].class)
          .orShould()
          .callMethod(Files.class, "getFileStore", Path.class)
          .orShould()
          .callMethod(File.class, "getUsableSpace");

  /** A slice's source hands on what one call brings; whoever else reads wants all of it. */
  @ArchTest
  static final ArchRule channelsAreReadAndWrittenInDisk =
      noClasses()
          .that()
          .resideOutsideOfPackages(DISK, ROOT + ".slice.file..")
          .should()
          .callMethodWhere(
              target(and(owner(assignableTo(FileChannel.class)), nameMatching("read|write"))));

  /** Who looks at the type of a disk's error means to say it; one class makes one up. */
  @ArchTest
  static final ArchRule diskErrorsGetTheirWordsInDisk =
      noClasses()
          .that()
          .resideOutsideOfPackage(DISK)
          .and()
          .doNotHaveSimpleName("SourceFiles")
          .should()
          .dependOnClassesThat(
              belongToAnyOf(AccessDeniedException.class, NotDirectoryException.class));

  @ArchTest static final ArchRule httpIsNamedByWiringOnly = namedOnlyBy(HTTP, "Wiring");

  @ArchTest static final ArchRule s3IsNamedByWiringOnly = namedOnlyBy(S3, "Wiring");

  @ArchTest static final ArchRule fuseIsNamedByWiringOnly = namedOnlyBy(FUSE, "Wiring");

  @ArchTest
  static final ArchRule sdkStaysInItsAdapter =
      noClasses()
          .that()
          .resideOutsideOfPackages(S3)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon..");

  @ArchTest
  static final ArchRule fuseStaysInItsAdapter =
      noClasses()
          .that()
          .resideOutsideOfPackages(FUSE)
          .and()
          .haveNameNotMatching(ROOT + "\\.disk\\.CLibrary.*")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ru.serce..", "jnr..");

  @ArchTest
  static final ArchRule engineDoesNotSpeakHttp =
      noClasses()
          .that()
          .resideOutsideOfPackages(CLI, ROLE, HTTP[0], S3[0])
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx.ext.web..", "io.netty..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

  @ArchTest
  static void everyPackageIsNullMarked(JavaClasses classes) {
    Set<String> unmarked = new TreeSet<>();
    for (JavaClass type : classes) {
      if (type.getPackage().tryGetAnnotationOfType(NullMarked.class).isEmpty()) {
        unmarked.add(type.getPackageName());
      }
    }
    assertThat(unmarked).as("packages without @NullMarked").isEmpty();
  }

  private static ArchRule namedOnlyBy(String[] adapter, String simpleName) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(adapter)
        .and()
        .doNotHaveSimpleName(simpleName)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(adapter);
  }

  private static DescribedPredicate<JavaCall<?>> calls(String owner, String method) {
    return DescribedPredicate.describe(
        "target is %s.%s".formatted(owner, method),
        call -> call.getTargetOwner().getName().equals(owner) && call.getName().equals(method));
  }
}
