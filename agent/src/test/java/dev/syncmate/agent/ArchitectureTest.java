// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;

/** The direction of dependencies: cli → role → engine → ports → failure; adapters behind ports. */
@AnalyzeClasses(packages = "dev.syncmate", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "dev.syncmate.agent";
  private static final String CLI = ROOT + ".cli..";
  private static final String ROLE = ROOT + ".role..";
  private static final String CONFIG = ROOT + ".config..";
  private static final String FAILURE = ROOT + ".failure..";
  private static final String DISK = ROOT + ".disk..";
  private static final String SCHEMA = "dev.syncmate.schema..";
  private static final String[] ENGINE = {
    ROOT + ".transfer..",
    ROOT + ".staging..",
    ROOT + ".placing..",
    ROOT + ".plan..",
    ROOT + ".relay..",
    ROOT + ".digest..",
    ROOT + ".offsetfs"
  };
  private static final String[] PORTS = {
    ROOT + ".coordinator", ROOT + ".objectstore", ROOT + ".slice"
  };
  private static final String[] HTTP = {ROOT + ".coordinator.http.."};
  private static final String[] S3 = {ROOT + ".objectstore.s3.."};
  private static final String[] FUSE = {ROOT + ".offsetfs.fuse.."};

  @ArchTest
  static final ArchRule nothingDependsOnCli =
      noClasses()
          .that()
          .resideOutsideOfPackage(CLI)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(CLI);

  @ArchTest
  static final ArchRule onlyCliDependsOnRole =
      noClasses()
          .that()
          .resideOutsideOfPackages(CLI, ROLE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROLE);

  @ArchTest
  static final ArchRule portsKnowOnlyPortsFailureAndSchema =
      noClasses()
          .that()
          .resideInAnyPackage(PORTS)
          .should()
          .dependOnClassesThat(
              ours("outside ports, failure, schema", PORTS, new String[] {FAILURE, SCHEMA}))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule failureDependsOnNothing =
      noClasses()
          .that()
          .resideInAPackage(FAILURE)
          .should()
          .dependOnClassesThat(ours("outside failure", new String[] {FAILURE}));

  @ArchTest
  static final ArchRule diskKnowsOnlyFailure =
      noClasses()
          .that()
          .resideInAPackage(DISK)
          .should()
          .dependOnClassesThat(ours("outside disk, failure", new String[] {DISK, FAILURE}));

  @ArchTest
  static final ArchRule schemaDependsOnNothingOfTheAgent =
      noClasses()
          .that()
          .resideInAPackage(SCHEMA)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + "..");

  @ArchTest
  static final ArchRule configKnowsOnlyFailure =
      noClasses()
          .that()
          .resideInAPackage(CONFIG)
          .should()
          .dependOnClassesThat(ours("outside config, failure", new String[] {CONFIG, FAILURE}));

  @ArchTest static final ArchRule httpIsNamedByWiringOnly = namedOnlyBy(HTTP, "Wiring");

  @ArchTest static final ArchRule s3IsNamedByWiringOnly = namedOnlyBy(S3, "Wiring");

  @ArchTest
  static final ArchRule fuseIsNamedByCommandsOnly =
      noClasses()
          .that()
          .resideOutsideOfPackages(FUSE[0], CLI)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(FUSE);

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
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ru.serce..", "jnr..");

  @ArchTest
  static final ArchRule engineDoesNotSpeakHttp =
      noClasses()
          .that()
          .resideInAnyPackage(ENGINE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx.ext.web..", "io.netty..", "picocli..");

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

  private static DescribedPredicate<JavaClass> ours(String what, String[]... allowed) {
    DescribedPredicate<JavaClass> all = JavaClass.Predicates.resideInAPackage("dev.syncmate..");
    for (String[] packages : allowed) {
      all = all.and(JavaClass.Predicates.resideOutsideOfPackages(packages));
    }
    return all.as("are " + what);
  }
}
