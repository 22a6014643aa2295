package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.mock;

import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

class KanikoBuildSpecTest {
  /** Jenkins makes it without a constructor and sets the fields that it finds. */
  @Test
  void aConfigurationThatNamesNothingIsReadAsThatOfANewBuildStep() throws Exception {
    KanikoBuildSpec read = mock(KanikoBuildSpec.class, CALLS_REAL_METHODS);
    Method resolve = KanikoBuildSpec.class.getDeclaredMethod("readResolve");
    resolve.setAccessible(true);

    KanikoBuildSpec resolved = (KanikoBuildSpec) resolve.invoke(read);

    assertThat(resolved.isPush()).isTrue();
    assertThat(resolved.getDestinations()).isEmpty();
    assertThat(resolved.getSecrets()).isEmpty();
  }
}
