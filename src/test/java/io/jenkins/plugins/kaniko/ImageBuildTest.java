package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockConstruction;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.ExtensionList;
import hudson.FilePath;
import hudson.ProxyConfiguration;
import hudson.model.Computer;
import hudson.model.Job;
import hudson.model.Node;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.remoting.RemoteInputStream;
import hudson.util.Secret;
import io.jenkins.plugins.kaniko.agent.AgentRequest;
import io.jenkins.plugins.kaniko.agent.BuildCallable;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.MockedConstruction;
import org.mockito.MockedStatic;

class ImageBuildTest {
  private final Run<?, ?> run = mock(Run.class);
  private final FilePath workspace = mock(FilePath.class);
  private final EnvVars environment = new EnvVars(Map.of("FROM_ENV", "value", "OTHER", "x"));
  private final KanikoGlobalConfiguration defaults = mock(KanikoGlobalConfiguration.class);
  private final EnvVars ofRun = new EnvVars();
  private final KanikoBuildSpec spec = new KanikoBuildSpec();
  private final TaskListener listener = mock(TaskListener.class);
  private final ImageBuild build = new ImageBuild(run, workspace, environment, listener);
  private ExecutorJar executor;

  @BeforeEach
  void prepare(@TempDir Path plugin) throws Exception {
    Path jar = plugin.resolve(ExecutorJar.PATH);
    Files.createDirectories(jar.getParent());
    Files.writeString(jar, "executor");
    executor = ExecutorJar.in(plugin.toUri().toURL(), "1.0");
    Computer computer = mock(Computer.class);
    Node node = mock(Node.class);
    FilePath root = mock(FilePath.class);
    when(workspace.toComputer()).thenReturn(computer);
    when(computer.getNode()).thenReturn(node);
    when(node.getRootPath()).thenReturn(root);
    when(root.getRemote()).thenReturn("/home/agent");
    when(run.getExternalizableId()).thenReturn("team folder/app#12");
    Job<?, ?> job = mock(Job.class);
    when(job.getFullName()).thenReturn("team folder/app");
    doReturn(job).when(run).getParent();
    when(run.getEnvironment(any())).thenReturn(ofRun);
    when(defaults.getCredentials()).thenReturn(List.of());
    when(defaults.javaOptionList()).thenReturn(List.of("-Xmx1g"));
    spec.setPush(false);
  }

  @Test
  void cacheMountsAreOfTheJob() throws Exception {
    assertThat(build.request(spec, defaults, executor, null).flags())
        .startsWith("--cache-mount-namespace=team folder/app")
        .doesNotContain("--cache-readonly");

    spec.setExecutor("/kaniko/executor");

    assertThat(build.request(spec, defaults, executor, null).flags())
        .noneMatch(flag -> flag.contains("namespace"));
  }

  @Test
  void aChangeFromAForkDoesNotWriteTheCache() throws Exception {
    ofRun.put("CHANGE_FORK", "stranger");
    environment.put("CHANGE_FORK", ""); // What the steps of the change may say.

    assertThat(build.request(spec, defaults, executor, null).flags()).contains("--cache-readonly");

    spec.setExecutor("/kaniko/executor");

    assertThat(build.request(spec, defaults, executor, null).flags()).contains("--no-push-cache");
  }

  @Test
  void theRequestHoldsAllThatTheAgentNeeds() throws Exception {
    spec.setBuildArgs(List.of("FROM_ENV", "UNKNOWN", "GIVEN=1"));

    AgentRequest request = build.request(spec, defaults, executor, null);

    assertThat(request.flags()).contains("--build-arg=FROM_ENV", "--build-arg=GIVEN=1");
    assertThat(request.environment()).containsOnly(Map.entry("FROM_ENV", "value"));
    assertThat(request.javaOptions()).containsExactly("-Xmx1g");
    assertThat(request.agentRoot()).isEqualTo("/home/agent");
    assertThat(request.executor()).isEmpty();
    assertThat(request.version()).isEqualTo("1.0");
    assertThat(request.executorSha256()).isEqualTo(executor.sha256());
    assertThat(request.buildId()).startsWith("team-folder-app-12-").matches("[A-Za-z0-9-]+");
  }

  @Test
  void twoBuildsOfOneRunHaveDifferentIds() throws Exception {
    assertThat(build.request(spec, defaults, executor, null).buildId())
        .isNotEqualTo(build.request(spec, defaults, executor, null).buildId());
  }

  @Test
  void thePasswordOfJenkinssProxyIsMasked() throws Exception {
    ProxyConfiguration proxy = mock(ProxyConfiguration.class);
    Secret password = mock(Secret.class);
    when(password.getPlainText()).thenReturn("hidden");
    when(proxy.getName()).thenReturn("proxy.example");
    when(proxy.getUserName()).thenReturn("user");
    when(proxy.getSecretPassword()).thenReturn(password);

    AgentRequest request = build.request(spec, defaults, executor, proxy);

    assertThat(request.environment()).containsKeys("HTTP_PROXY", "HTTPS_PROXY");
    assertThat(request.masked()).contains("hidden");
    assertThat(request.toString()).doesNotContain("hidden");
  }

  @Test
  void anAgentThatIsGoneIsSaidToBe() {
    when(workspace.toComputer()).thenReturn(null);

    assertThatThrownBy(() -> build.request(spec, defaults, executor, null))
        .isInstanceOf(AbortException.class)
        .hasMessageContaining("gone");
  }

  @Test
  void theAgentBuildsAndTheRunRemembers() throws Exception {
    when(workspace.act(any(BuildCallable.class))).thenReturn(Results.result("r.example/app:1"));

    try (Environment jenkins = new Environment()) {
      KanikoImage image = build.run(spec);

      assertThat(image.getDigest()).isEqualTo(Results.DIGEST);
      jenkins.action.verify(() -> KanikoRunAction.record(run, image));
    }
  }

  @Test
  void whatMaySurpriseIsSaid() throws Exception {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    when(listener.getLogger()).thenReturn(new PrintStream(log, true, StandardCharsets.UTF_8));
    when(workspace.act(any(BuildCallable.class))).thenThrow(new AbortException("no"));
    environment.put("POD_CONTAINER", "maven");
    ofRun.put("CHANGE_FORK", "stranger");
    spec.setCache(true);

    try (Environment jenkins = new Environment()) {
      assertThatThrownBy(() -> build.run(spec)).isInstanceOf(AbortException.class);
      jenkins.action.verifyNoInteractions();
    }

    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains("not in the container 'maven'", "the cache repository is read and not written");
  }

  @Test
  void aBuildThatFailsLeavesNothing() throws Exception {
    when(workspace.act(any(BuildCallable.class))).thenThrow(new AbortException("no"));

    try (Environment jenkins = new Environment()) {
      assertThatThrownBy(() -> build.run(spec)).isInstanceOf(AbortException.class);
      jenkins.action.verifyNoInteractions();
    }
  }

  @Test
  void whatIsWrongIsFoundBeforeTheAgentIsAsked() throws Exception {
    spec.setPush(true);

    try (Environment jenkins = new Environment()) {
      assertThatThrownBy(() -> build.run(spec)).hasMessageContaining("nowhere to push to");
      assertThat(jenkins.streams.constructed()).isEmpty();
    }
    verify(workspace, never()).act(any(BuildCallable.class));
  }

  /** The statics of Jenkins, for as long as it is open. */
  private final class Environment implements AutoCloseable {
    private final MockedStatic<KanikoRunAction> action = mockStatic(KanikoRunAction.class);

    @SuppressWarnings("rawtypes") // A class literal has no parameters.
    private final MockedStatic<ExtensionList> extensions = mockStatic(ExtensionList.class);

    private final MockedStatic<Jenkins> jenkins = mockStatic(Jenkins.class);
    private final MockedStatic<ExecutorJar> executors = mockStatic(ExecutorJar.class);
    private final MockedConstruction<RemoteInputStream> streams =
        mockConstruction(RemoteInputStream.class);

    Environment() {
      Jenkins instance = mock(Jenkins.class);
      jenkins.when(Jenkins::get).thenReturn(instance);
      executors.when(ExecutorJar::get).thenReturn(executor);
      extensions
          .when(() -> ExtensionList.lookupSingleton(KanikoGlobalConfiguration.class))
          .thenReturn(defaults);
    }

    @Override
    public void close() {
      List.of(action, extensions, jenkins, executors).forEach(MockedStatic::close);
      streams.close();
    }
  }

  @Test
  void theExecutorIsKnownByItsDigest(@TempDir Path plugin) throws Exception {
    Path jar = plugin.resolve(ExecutorJar.PATH);
    Files.createDirectories(jar.getParent());
    Files.writeString(jar, "abc");
    URL url = plugin.toUri().toURL();

    ExecutorJar found = ExecutorJar.in(url, "2.0");

    assertThat(found.sha256())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    try (var in = found.open()) {
      assertThat(in.readAllBytes())
          .isEqualTo("abc".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  @Test
  void aPluginThatRunsFromItsSourcesIsToldWhereTheExecutorIs(@TempDir Path directory)
      throws Exception {
    Path jar = Files.writeString(directory.resolve("executor.jar"), "abc");
    System.setProperty("io.jenkins.plugins.kaniko.executorJar", jar.toString());
    try {
      assertThat(ExecutorJar.get().url()).isEqualTo(jar.toUri().toURL());
    } finally {
      System.clearProperty("io.jenkins.plugins.kaniko.executorJar");
    }
  }
}
