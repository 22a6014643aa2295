package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.jenkinsci.Symbol;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Opens the plugin as Jenkins would and looks for all that Jenkins looks for. */
class PluginPackagingIT {
  private static final String ROOT = "io/jenkins/plugins/kaniko/";

  private static JarFile hpi;
  private static JarFile jar;

  @BeforeAll
  static void open(@TempDir Path directory) throws IOException {
    hpi = new JarFile(System.getProperty("hpi"));
    Path inner = directory.resolve("kaniko-build.jar");
    try (InputStream in = hpi.getInputStream(entry(hpi, "WEB-INF/lib/kaniko-build.jar"))) {
      Files.copy(in, inner);
    }
    jar = new JarFile(inner.toFile());
  }

  @AfterAll
  static void close() throws IOException {
    hpi.close();
    jar.close();
  }

  @Test
  void theManifestSaysWhatThePluginIs() throws IOException {
    Attributes manifest = hpi.getManifest().getMainAttributes();

    assertThat(manifest.getValue("Short-Name")).isEqualTo("kaniko-build");
    assertThat(manifest.getValue("Extension-Name")).isEqualTo("kaniko-build");
    assertThat(manifest.getValue("Long-Name")).isEqualTo("Kaniko Build");
    assertThat(manifest.getValue("Group-Id")).isEqualTo("io.jenkins.plugins");
    assertThat(manifest.getValue("Artifact-Id")).isEqualTo("kaniko-build");
    assertThat(manifest.getValue("Jenkins-Version")).isEqualTo("2.504.3");
    assertThat(manifest.getValue("Hudson-Version")).isEqualTo("2.504.3");
    assertThat(manifest.getValue("Minimum-Java-Version")).isEqualTo("17");
    assertThat(manifest.getValue("Plugin-Version"))
        .isNotBlank()
        .isEqualTo(manifest.getValue("Implementation-Version"));
    assertThat(manifest.getValue("Plugin-License-Name")).isEqualTo("MIT License");
    assertThat(manifest.getValue("Url")).isEqualTo("https://plugins.jenkins.io/kaniko-build/");
    // NAME:ACCOUNT:ADDRESS; those of the licence, which names no more.
    assertThat(manifest.getValue("Plugin-Developers")).isEqualTo("the kaniko-build contributors::");
  }

  @Test
  void theManifestNamesEveryPluginThatIsNeeded() throws IOException {
    assertThat(hpi.getManifest().getMainAttributes().getValue("Plugin-Dependencies").split(","))
        .containsExactlyInAnyOrder(
            "workflow-step-api:704.ve4f0967e98fa_",
            "workflow-api:1373.v7b_813f10efa_b_",
            "script-security:1373.vb_b_4a_a_c26fa_00",
            "credentials:1415.v831096eb_5534",
            "plain-credentials:199.v9f8e1f741799",
            "ssh-credentials:359.v2191c4cf635f",
            "structs:343.vdcf37b_a_c81d5");
  }

  @Test
  void theOnlyJarOnTheClassPathIsThin() {
    assertThat(hpi.stream().map(ZipEntry::getName))
        .filteredOn(name -> name.startsWith("WEB-INF/lib/") && !name.endsWith("/"))
        .containsExactly("WEB-INF/lib/kaniko-build.jar");
    assertThat(hpi.stream().map(ZipEntry::getName))
        .noneMatch(name -> name.startsWith("WEB-INF/classes/"));
    assertThat(classes()).isNotEmpty().allMatch(name -> name.startsWith(ROOT));
    assertThat(classes()).noneMatch(name -> name.startsWith(ROOT + "executor/"));
  }

  @Test
  void itsClassesMayCrossAChannel() throws IOException {
    Attributes manifest = jar.getManifest().getMainAttributes();

    assertThat(manifest.getValue("Short-Name")).isEqualTo("kaniko-build");
    assertThat(manifest.getValue("Jenkins-Version")).isEqualTo("2.504.3");
    assertThat(manifest.getValue("Plugin-Version")).isNotBlank();
  }

  @Test
  void theExecutorIsAFileOfItsOwnThatRuns() throws IOException {
    Path executor = Path.of(System.getProperty("executor.jar"));

    try (InputStream in = hpi.getInputStream(entry(hpi, ExecutorJar.PATH))) {
      assertThat(in.readAllBytes()).isEqualTo(Files.readAllBytes(executor));
    }
    try (JarFile inner = new JarFile(executor.toFile())) {
      Manifest manifest = inner.getManifest();
      assertThat(manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS))
          .isEqualTo("io.jenkins.plugins.kaniko.executor.cli.Main");
      assertThat(inner.stream().map(ZipEntry::getName))
          .noneMatch(name -> name.startsWith("hudson/") || name.startsWith("jenkins/"));
    }
  }

  @Test
  void everyExtensionIsInSezpozsIndex() throws IOException {
    assertThat(text("META-INF/annotations/hudson.Extension.txt").lines())
        .contains(
            "io.jenkins.plugins.kaniko.KanikoBuildStep$DescriptorImpl",
            "io.jenkins.plugins.kaniko.KanikoBuilder$DescriptorImpl",
            "io.jenkins.plugins.kaniko.KanikoBuildSpec$DescriptorImpl",
            "io.jenkins.plugins.kaniko.RegistryCredential$DescriptorImpl",
            "io.jenkins.plugins.kaniko.BuildSecret$DescriptorImpl",
            "io.jenkins.plugins.kaniko.KanikoGlobalConfiguration");
    assertThat(entry(jar, "META-INF/annotations/hudson.Extension").getSize()).isPositive();
  }

  @Test
  void everySymbolIsInItsIndex() throws Exception {
    TreeSet<String> withSymbol = new TreeSet<>();
    for (String name : classes()) {
      String className = name.replace('/', '.').replaceFirst("\\.class$", "");
      if (Class.forName(className, false, getClass().getClassLoader())
          .isAnnotationPresent(Symbol.class)) {
        withSymbol.add(className);
      }
    }

    assertThat(text("META-INF/services/annotations/org.jenkinsci.Symbol").lines())
        .containsExactlyElementsOf(withSymbol);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KanikoBuildStep.stapler",
        "KanikoBuilder.stapler",
        "KanikoBuildSpec.stapler",
        "RegistryCredential.stapler",
        "BuildSecret.stapler",
        "KanikoBuildSpecDescriptor/doCheckDestinations.stapler",
        "KanikoBuildSpecDescriptor/doFillCredentialsIdItems.stapler",
        "RegistryCredential/DescriptorImpl/doFillCredentialsIdItems.stapler",
        "KanikoGlobalConfiguration/doCheckJavaOptions.stapler",
        "Messages.class",
        "Messages.properties"
      })
  void whatStaplerBindsByIsThere(String name) {
    assertThat(entry(jar, ROOT + name)).isNotNull();
  }

  @Test
  void thePluginDescribesItself() throws IOException {
    assertThat(text("index.jelly")).startsWith("<?jelly escape-by-default='true'?>");
  }

  private static List<String> classes() {
    return jar.stream()
        .map(ZipEntry::getName)
        .filter(name -> name.endsWith(".class"))
        .collect(Collectors.toList());
  }

  private static String text(String name) throws IOException {
    try (InputStream in = jar.getInputStream(entry(jar, name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static ZipEntry entry(JarFile file, String name) {
    ZipEntry entry = file.getEntry(name);
    assertThat(entry).as(name).isNotNull();
    return entry;
  }
}
