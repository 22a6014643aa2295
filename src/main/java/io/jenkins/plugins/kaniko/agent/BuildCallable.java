package io.jenkins.plugins.kaniko.agent;

import hudson.model.TaskListener;
import hudson.remoting.Channel;
import hudson.remoting.VirtualChannel;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import jenkins.agents.ControllerToAgentFileCallable;

/**
 * Builds an image in a workspace on an agent: {@code workspace.act(new BuildCallable(...))}.
 *
 * <p>A build that fails throws {@code hudson.AbortException} with one sentence. An interrupt ends
 * the executor, within ten seconds, and then throws {@code InterruptedException}.
 */
public final class BuildCallable implements ControllerToAgentFileCallable<AgentResult> {
  private static final long serialVersionUID = 1L;

  private final AgentRequest request;
  private final TaskListener listener;
  private final InputStream executorJar;

  /**
   * @param executorJar the content of the executor jar, read only if the agent lacks it; towards
   *     another JVM a {@code RemoteInputStream} that is {@code NOT_GREEDY}. The caller closes it
   */
  public BuildCallable(AgentRequest request, TaskListener listener, InputStream executorJar) {
    this.request = Objects.requireNonNull(request, "request");
    this.listener = Objects.requireNonNull(listener, "listener");
    this.executorJar = Objects.requireNonNull(executorJar, "executorJar");
  }

  @Override
  public AgentResult invoke(File workspace, VirtualChannel channel)
      throws IOException, InterruptedException {
    // Not the channel that is given: FilePath.act gives none to code on an agent.
    Channel controller = Channel.current();
    BooleanSupplier abandoned = controller == null ? () -> false : controller::isClosingOrClosed;
    AgentBuild build = new AgentBuild(request, Surroundings.real(), abandoned);
    AgentResult result = build.run(workspace.toPath(), listener.getLogger(), executorJar);
    build.prepareNext();
    return result;
  }
}
