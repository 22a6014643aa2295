package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** Opens the executor's jar, which ships the libraries of others. */
class ExecutorJarIT {
  @Test
  void everyLibraryHasItsLicenceNamed() throws IOException {
    try (JarFile jar = new JarFile(System.getProperty("executor.jar"))) {
      ZipEntry notices = jar.getEntry("META-INF/THIRD-PARTY.txt");
      assertThat(notices).isNotNull();
      try (InputStream in = jar.getInputStream(notices)) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines())
            .anyMatch(line -> line.contains("com.google.cloud.tools:jib-core:"))
            .anyMatch(line -> line.contains("com.fasterxml.jackson.core:jackson-databind:"))
            .anyMatch(line -> line.contains("info.picocli:picocli:"))
            .anyMatch(line -> line.contains("net.java.dev.jna:jna:"))
            .anyMatch(line -> line.contains("org.eclipse.jgit:org.eclipse.jgit:"))
            .filteredOn(line -> line.matches(" +[(].*:.*"))
            .allMatch(
                line ->
                    line.matches(".*(Apache|BSD|MIT|EDL|Eclipse|Go License|Public Domain|CC0).*"),
                "permissive");
      }
    }
  }

  @Test
  void nativeLibrariesAreThoseOfLinux() throws IOException {
    try (JarFile jar = new JarFile(System.getProperty("executor.jar"))) {
      List<String> names =
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.matches(".*[.](so|dll|jnilib|dylib|a)"))
              .toList();
      assertThat(names)
          .contains("com/sun/jna/linux-x86-64/libjnidispatch.so")
          .allMatch(name -> name.contains("linux"));
    }
  }

  @Test
  void nothingOfJenkinsIsInIt() throws IOException {
    try (JarFile jar = new JarFile(System.getProperty("executor.jar"))) {
      assertThat(jar.stream().map(ZipEntry::getName))
          .noneMatch(name -> name.matches("(hudson|jenkins|org/jenkinsci)/.*"))
          .noneMatch(name -> name.matches("io/jenkins/plugins/kaniko/[^/]*[.]class"));
    }
  }
}
