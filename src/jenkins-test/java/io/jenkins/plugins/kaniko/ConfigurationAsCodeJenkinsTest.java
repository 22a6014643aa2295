package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.casc.ConfigurationAsCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** {@code unclassified: kanikoBuild:}, in a real Jenkins. */
@WithJenkins
class ConfigurationAsCodeJenkinsTest {
  private static final String YAML =
      """
      unclassified:
        kanikoBuild:
          credentials:
            - registry: "registry.example.org"
              credentialsId: "registry"
          registryMirrors:
            - "mirror.example.org"
          cacheRepository: "registry.example.org/cache"
          cacheTtl: "24h"
          isolation: "userns"
          storeSizeLimit: "20GB"
          storeDirectory: "/var/store"
          javaOptions: "-Xmx1g"
      """;

  @Test
  void aFileConfiguresBuilds(JenkinsRule jenkins, @TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("jenkins.yaml"), YAML);

    ConfigurationAsCode.get().configure(file.toString());

    KanikoGlobalConfiguration configuration =
        jenkins.jenkins.getExtensionList(KanikoGlobalConfiguration.class).get(0);
    assertThat(configuration.getCredentials())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.getRegistry()).isEqualTo("registry.example.org");
              assertThat(one.getCredentialsId()).isEqualTo("registry");
            });
    assertThat(configuration.getRegistryMirrors()).containsExactly("mirror.example.org");
    assertThat(configuration.getCacheRepository()).isEqualTo("registry.example.org/cache");
    assertThat(configuration.getCacheTtl()).isEqualTo("24h");
    assertThat(configuration.getStoreSizeLimit()).isEqualTo("20GB");
    assertThat(configuration.getIsolation()).isEqualTo("userns");
    assertThat(configuration.getStoreDirectory()).isEqualTo("/var/store");
    assertThat(configuration.javaOptionList()).containsExactly("-Xmx1g");

    ByteArrayOutputStream exported = new ByteArrayOutputStream();
    ConfigurationAsCode.get().export(exported);
    assertThat(exported.toString(StandardCharsets.UTF_8))
        .contains("kanikoBuild:", "registry.example.org", "isolation: \"userns\"");
  }
}
