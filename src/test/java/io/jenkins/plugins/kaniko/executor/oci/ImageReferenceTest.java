package io.jenkins.plugins.kaniko.executor.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Names as people write them. */
class ImageReferenceTest {
  @ParameterizedTest
  @CsvFileSource(resources = "/oci/references.csv", numLinesToSkip = 1)
  void aNameHasOneFullAndOneShortForm(String text, String full, String familiar) {
    ImageReference reference = ImageReference.parse(text);
    assertThat(reference).hasToString(full);
    assertThat(reference.familiarName()).isEqualTo(familiar);
    assertThat(ImageReference.parse(full)).isEqualTo(reference);
    assertThat(ImageReference.parse(familiar)).isEqualTo(reference);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "/oci/bad-references.csv", numLinesToSkip = 1)
  void aBadNameIsQuotedWithWhatIsWrong(String text, String problem) {
    assertThatThrownBy(() -> ImageReference.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem)
        .hasMessageContaining(text);
  }

  @Test
  void aNameLongerThanARegistryTakesIsRefused() {
    assertThatThrownBy(() -> ImageReference.parse("r.example/" + "a".repeat(250)))
        .hasMessageContaining("longer than 255");
  }

  @Test
  void aDigestGoesBeforeATag() {
    Digest digest = Digest.sha256(new byte[0]);
    ImageReference reference = ImageReference.parse("r.example/a:1");
    assertThat(reference.version()).isEqualTo("1");
    assertThat(reference.withDigest(digest).version()).isEqualTo(digest.toString());
    assertThat(reference.withDigest(digest).withTag("2")).hasToString("r.example/a:2");
  }
}
