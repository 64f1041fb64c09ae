package vitune;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The house: arrows point down only, and each outside library enters by one door. */
class ArchitectureTest {
    private static final JavaClasses KIT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("vitune", "ai.djl.pytorch.jni");

    @Test
    void arrowsPointDown() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("walk")
                .definedBy("vitune")
                .layer("view")
                .definedBy("vitune.view")
                .layer("experiment")
                .definedBy("vitune.experiment")
                .layer("evaluate")
                .definedBy("vitune.evaluate")
                .layer("tune")
                .definedBy("vitune.tune")
                .layer("teach")
                .definedBy("vitune.teach")
                .layer("model")
                .definedBy("vitune.model")
                .layer("tensor")
                .definedBy("vitune.tensor")
                .layer("data")
                .definedBy("vitune.data")
                .layer("hub")
                .definedBy("vitune.hub")
                .whereLayer("walk")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("view")
                .mayOnlyBeAccessedByLayers("walk")
                .whereLayer("experiment")
                .mayOnlyBeAccessedByLayers("walk", "view")
                .whereLayer("evaluate")
                .mayOnlyBeAccessedByLayers("walk", "view", "experiment")
                .whereLayer("tune")
                .mayOnlyBeAccessedByLayers("walk", "view", "experiment")
                .whereLayer("teach")
                .mayOnlyBeAccessedByLayers("walk", "view", "experiment", "evaluate")
                .whereLayer("model")
                .mayOnlyBeAccessedByLayers("walk", "view", "experiment", "evaluate", "tune")
                .whereLayer("tensor")
                .mayOnlyBeAccessedByLayers("walk", "view", "experiment", "evaluate", "tune", "model")
                .whereLayer("hub")
                .mayOnlyBeAccessedByLayers("walk", "view")
                .check(KIT);
    }

    /** A leaf: whoever needs a model from elsewhere can lift the package out as it is. */
    @Test
    void hubNeedsNothingOfTheHouse() {
        classes()
                .that()
                .resideInAPackage("vitune.hub")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("vitune.hub", "java..", "javax.net.ssl", "com.google.gson", "org.jspecify..")
                .check(KIT);
    }

    /** Loading and training never wait for a network: models are brought before, by whoever asked for them. */
    @Test
    void onlyHubGoesOutByItself() {
        noClasses()
                .that()
                .resideOutsideOfPackage("vitune.hub")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.net.http..")
                .check(KIT);
    }

    @Test
    void onlyTeachKnowsOpenAi() {
        noClasses()
                .that()
                .resideOutsideOfPackage("vitune.teach")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.openai..")
                .check(KIT);
    }

    @Test
    void onlyViewDrawsCharts() {
        noClasses()
                .that()
                .resideOutsideOfPackage("vitune.view")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.knowm..")
                .check(KIT);
    }

    @Test
    void onlyTensorTouchesTheEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackages("vitune.tensor", "ai.djl.pytorch.jni")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl.pytorch..")
                .check(KIT);
    }

    @Test
    void tensorsStayInTheEngineRoomAndAboveIt() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "vitune.data", "vitune.teach", "vitune.evaluate", "vitune.view", "vitune.shell", "vitune.hub")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl..")
                .check(KIT);
    }

    /** DJL's own casts and copies cut the graph, and its bf16 path aborts the JVM: the facade is the only way. */
    @Test
    void nothingOutsideTensorCallsWhatCutsTheGraph() {
        for (String method : List.of("toType", "duplicate", "softmax", "logSoftmax")) {
            noClasses()
                    .that()
                    .resideOutsideOfPackages("vitune.tensor", "ai.djl.pytorch.jni")
                    .should()
                    .callMethodWhere(com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                                    com.tngtech.archunit.core.domain.properties.HasName.Predicates.name(method))
                            .and(com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                                    com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner(
                                            JavaClass.Predicates.assignableTo("ai.djl.ndarray.NDArray")))))
                    .check(KIT);
        }
    }

    /** A notebook imports every package whole, so a simple name may exist only once. */
    @Test
    void simpleNamesAreUnique() {
        var twice = KIT.stream()
                .filter(c -> c.getModifiers().contains(JavaModifier.PUBLIC) && c.isTopLevelClass())
                .collect(Collectors.groupingBy(
                        JavaClass::getSimpleName,
                        TreeMap::new,
                        Collectors.mapping(JavaClass::getPackageName, Collectors.toList())));
        twice.values().removeIf(packages -> packages.size() == 1);
        assertEquals("{}", twice.toString());
    }

    @Test
    void libraryCodeDoesNotPrint() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "vitune.data",
                        "vitune.teach",
                        "vitune.tensor",
                        "vitune.model",
                        "vitune.tune",
                        "vitune.evaluate",
                        "vitune.hub")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(KIT);
    }

    @Test
    void packagesAreNullMarked() {
        classes()
                .that()
                .haveSimpleName("package-info")
                .and()
                .resideInAPackage("vitune..")
                .should()
                .beAnnotatedWith(org.jspecify.annotations.NullMarked.class)
                .check(KIT);
    }
}
