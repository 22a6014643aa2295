package io.jenkins.plugins.kaniko.executor.dockerfile;

import java.util.List;

/**
 * {@code RUN}: executes a command and keeps what it changes.
 *
 * @param source its text
 * @param command what to execute
 * @param mounts the {@code --mount} flags, in order
 * @param network the network it sees
 * @param security the security mode it asks for
 * @param devices the {@code --device} flags, in order
 */
public record RunInstruction(
    Source source,
    CommandLine command,
    List<Mount> mounts,
    Network network,
    Security security,
    List<Device> devices)
    implements Instruction {

  public RunInstruction {
    mounts = List.copyOf(mounts);
    devices = List.copyOf(devices);
  }

  @Override
  public String keyword() {
    return "RUN";
  }

  @Override
  public List<Heredoc> heredocs() {
    return command.heredocs();
  }

  /** The values of {@code --network}. */
  public enum Network {
    DEFAULT,
    NONE,
    HOST
  }

  /** The values of {@code --security}. */
  public enum Security {
    SANDBOX,
    INSECURE
  }
}
