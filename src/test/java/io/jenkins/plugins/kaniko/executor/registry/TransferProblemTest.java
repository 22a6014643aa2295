package io.jenkins.plugins.kaniko.executor.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import org.junit.jupiter.api.Test;

class TransferProblemTest {
  @Test
  void aHostWithoutAddressIsUnknown() {
    ConnectException thrown = new ConnectException();
    thrown.initCause(new UnresolvedAddressException());

    assertThat(TransferProblem.of(thrown)).isEqualTo("the host is unknown");
  }

  @Test
  void aRefusedConnectionSaysSo() {
    assertThat(TransferProblem.of(new ConnectException()))
        .isEqualTo("nothing accepts connections there");
  }

  @Test
  void anythingElseSpeaksForItself() {
    assertThat(TransferProblem.of(new IOException("reset"))).isEqualTo("reset");
    assertThat(TransferProblem.of(new EOFException())).isEqualTo("EOFException");
  }
}
