package io.jenkins.plugins.kaniko.executor.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One name for each platform, whoever wrote it. */
class PlatformTest {
  @ParameterizedTest
  @CsvFileSource(resources = "/oci/platforms.csv", numLinesToSkip = 1)
  void spellingsAreNormalised(String text, String normalised) {
    assertThat(Platform.parse(text)).hasToString(normalised);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "linux/", "/amd64", "linux/arm/v7/x", "linux amd64", "a"})
  void whatIsNoPlatformIsRefused(String text) {
    assertThatThrownBy(() -> Platform.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "' is not a platform");
  }

  @ParameterizedTest
  @CsvSource({
    "linux/amd64,linux/amd64,true",
    "linux/amd64/v3,linux/amd64,true",
    "linux/amd64,linux/amd64/v3,false",
    "linux/arm/v7,linux/arm/v6,true",
    "linux/arm/v6,linux/arm/v7,false",
    "linux/arm64,linux/arm/v7,false",
    "linux/amd64,windows/amd64,false",
  })
  void anOlderVariantRunsToo(String here, String image, boolean matches) {
    assertThat(Platform.parse(here).matches(Platform.parse(image))).isEqualTo(matches);
  }

  @Test
  void aSystemAloneMeansThisProcessor() {
    assertThat(Platform.parse("linux")).isEqualTo(Platform.current());
  }
}
