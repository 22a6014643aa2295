package io.jenkins.plugins.kaniko.executor.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What every failure of this package has to satisfy. */
final class RegistryAssertions {
  private RegistryAssertions() {}

  @CanIgnoreReturnValue
  static AbstractThrowableAssert<?, RegistryException> assertFails(
      RegistryException.Kind kind, ThrowingCallable action) {
    RegistryException failure = catchThrowableOfType(RegistryException.class, action);
    assertThat(failure).as("a RegistryException").isNotNull();
    assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(kind);
    assertThat(failure.getMessage()).startsWith("tried to ").doesNotContain("\n");
    return assertThat(failure);
  }
}
