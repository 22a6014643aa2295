package io.jenkins.plugins.kaniko;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.ExtensionList;
import hudson.FilePath;
import hudson.ProxyConfiguration;
import hudson.model.Computer;
import hudson.model.Node;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.remoting.RemoteInputStream;
import io.jenkins.plugins.kaniko.agent.AgentRequest;
import io.jenkins.plugins.kaniko.agent.AgentResult;
import io.jenkins.plugins.kaniko.agent.BuildCallable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import jenkins.model.Jenkins;

/**
 * Builds one image for a run: puts flags, credentials and proxies together on the controller, has
 * the agent build, and records the image with the run. Common to the step and the freestyle build
 * step.
 */
final class ImageBuild {
  /** Set by {@code container('...')} of the Kubernetes plugin, which is about shell steps alone. */
  private static final String CONTAINER = "POD_CONTAINER";

  private static final String AGENT_CONTAINER = "jnlp";

  private final Run<?, ?> run;
  private final FilePath workspace;
  private final EnvVars environment;
  private final TaskListener listener;

  ImageBuild(Run<?, ?> run, FilePath workspace, EnvVars environment, TaskListener listener) {
    this.run = run;
    this.workspace = workspace;
    this.environment = environment;
    this.listener = listener;
  }

  KanikoImage run(KanikoBuildSpec spec) throws IOException, InterruptedException {
    KanikoGlobalConfiguration defaults =
        ExtensionList.lookupSingleton(KanikoGlobalConfiguration.class);
    ExecutorJar executor = ExecutorJar.get();
    AgentRequest request = request(spec, defaults, executor, Jenkins.get().getProxy());
    tellWhatMaySurprise(spec);
    AgentResult result;
    try (InputStream jar = executor.open();
        RemoteInputStream source = new RemoteInputStream(jar, RemoteInputStream.Flag.NOT_GREEDY)) {
      result = workspace.act(new BuildCallable(request, listener, source));
    }
    KanikoImage image = new KanikoImage(result);
    KanikoRunAction.record(run, image);
    return image;
  }

  private void tellWhatMaySurprise(KanikoBuildSpec spec) throws IOException, InterruptedException {
    String container = environment.getOrDefault(CONTAINER, "");
    if (!container.isEmpty() && !container.equals(AGENT_CONTAINER)) {
      listener.getLogger().println(Messages.ImageBuild_container(container));
    }
    if (spec.isCache() && Sharing.isFork(run.getEnvironment(listener))) {
      listener.getLogger().println(Messages.ImageBuild_fork());
    }
  }

  AgentRequest request(
      KanikoBuildSpec spec,
      KanikoGlobalConfiguration defaults,
      ExecutorJar executor,
      ProxyConfiguration proxy)
      throws IOException, InterruptedException {
    EnvVars ofRun = run.getEnvironment(listener);
    List<String> flags =
        new ArrayList<>(
            Sharing.flags(run.getParent().getFullName(), ofRun, spec.getExecutor() != null));
    flags.addAll(CommandLine.of(spec, defaults));
    RunCredentials credentials = RunCredentials.resolve(spec, defaults, run);
    List<String> masked = new ArrayList<>(credentials.masked());
    masked.addAll(Proxies.secrets(proxy));
    return AgentRequest.builder()
        .flags(flags)
        .environment(executorEnvironment(spec, proxy))
        .credentials(credentials.registries())
        .secretFiles(credentials.secrets())
        .sshKeys(credentials.sshKeys())
        .masked(masked)
        .javaOptions(defaults.javaOptionList())
        .executorSha256(executor.sha256())
        .version(executor.version())
        .executor(spec.getExecutor() == null ? "" : spec.getExecutor())
        .buildId(buildId())
        .agentRoot(agentRoot())
        .build();
  }

  /** Proxies, and the values that {@code buildArgs} names without giving them. */
  private Map<String, String> executorEnvironment(KanikoBuildSpec spec, ProxyConfiguration proxy) {
    Map<String, String> result = new TreeMap<>(Proxies.of(environment, proxy));
    for (String argument : spec.getBuildArgs()) {
      String value = argument.contains("=") ? null : environment.get(argument);
      if (value != null) {
        result.put(argument, value);
      }
    }
    return result;
  }

  /** Names this build on its agent: for people the run, for machines something unique. */
  private String buildId() {
    String name = run.getExternalizableId().replaceAll("[^A-Za-z0-9]+", "-");
    String end = name.substring(Math.max(0, name.length() - 40));
    return end + "-" + UUID.randomUUID();
  }

  private String agentRoot() throws AbortException {
    Computer computer = workspace.toComputer();
    Node node = computer == null ? null : computer.getNode();
    FilePath root = node == null ? null : node.getRootPath();
    if (root == null) {
      throw new AbortException(Messages.ImageBuild_agentGone());
    }
    return root.getRemote();
  }
}
