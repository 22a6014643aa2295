package io.jenkins.plugins.kaniko.executor.registry;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;

/** Why a transfer failed, in a clause, where no registry is asked; see {@link Failures}. */
public final class TransferProblem {
  private TransferProblem() {}

  /** The exceptions of the JDK's client often have no message, or one on an inner cause. */
  public static String of(IOException thrown) {
    if (Failures.find(thrown, UnresolvedAddressException.class)
        || Failures.find(thrown, UnknownHostException.class)) {
      return "the host is unknown";
    }
    if (Failures.find(thrown, ConnectException.class)) {
      return "nothing accepts connections there";
    }
    return thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
  }
}
