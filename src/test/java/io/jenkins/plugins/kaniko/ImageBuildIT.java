package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyList;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockConstruction;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.when;
import static org.mockito.Mockito.withSettings;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import hudson.EnvVars;
import hudson.ExtensionList;
import hudson.FilePath;
import hudson.model.Computer;
import hudson.model.Fingerprint;
import hudson.model.FingerprintMap;
import hudson.model.Job;
import hudson.model.Node;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.remoting.RemoteInputStream;
import hudson.tasks.Fingerprinter.FingerprintAction;
import hudson.util.Secret;
import io.jenkins.plugins.kaniko.agent.BuildCallable;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.Answers;

/**
 * From the parameters of the step to the image in a registry: all of this plugin, the packaged
 * executor and a real registry. Only Jenkins is played.
 */
class ImageBuildIT {
  private final KanikoBuildStep step = new KanikoBuildStep();
  private final Run<?, ?> run = mock(Run.class);
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  @Test
  void theStepPushesWithItsCredentialsAndReturnsTheImage(@TempDir Path agent) throws Exception {
    try (RegistryServer registry = RegistryServer.withPassword()) {
      String image = registry.hostPort() + "/team/app:1.2";
      step.setDestination(image);
      step.setCredentialsId("registry");
      step.setContext("app");
      step.setBuildArgs(List.of("GIVEN=1", "FROM_ENVIRONMENT"));
      step.setLabels(List.of("given=${GIVEN}", "team=x y"));
      step.setTarget("release");
      step.setTarPath("image.tar");
      step.setDigestFile("digest");
      step.setInsecure(true);
      step.setExtraArgs(List.of("--insecure-registry=" + registry.hostPort()));
      Path workspace = workspace(agent);

      KanikoImage built = build(agent, workspace);

      assertThat(built.getReferences()).containsExactly(image + "@" + built.getDigest());
      assertThat(built.getTags()).containsExactly("1.2");
      assertThat(built.isPushed()).isTrue();
      assertThat(built.getLayers()).hasSize(1);
      assertThat(built.getSteps())
          .extracting(ImageStep::getText)
          .contains("COPY hello /hello")
          .noneMatch(text -> text.contains("unused"));
      assertThat(workspace.resolve("digest")).hasContent(built.getDigest());
      assertThat(workspace.resolve("image.tar")).isNotEmptyFile();
      assertThat(log.toString(StandardCharsets.UTF_8))
          .contains("pushed " + image)
          .doesNotContain(RegistryServer.PASSWORD);
    }
  }

  private static Path workspace(Path agent) throws IOException {
    Path workspace = agent.resolve("workspace").resolve("job");
    Path context = Files.createDirectories(workspace.resolve("app"));
    Files.writeString(context.resolve("hello"), "hello");
    Files.writeString(
        context.resolve("Dockerfile"),
        """
        FROM scratch AS unused
        COPY unused /
        FROM scratch AS release
        ARG GIVEN
        ARG FROM_ENVIRONMENT
        LABEL args=$GIVEN-$FROM_ENVIRONMENT
        COPY hello /hello
        """);
    return workspace;
  }

  @SuppressWarnings("rawtypes") // A class literal has no parameters.
  private KanikoImage build(Path agent, Path workspace) throws Exception {
    Jenkins jenkins = mock(Jenkins.class);
    FingerprintMap fingerprints = mock(FingerprintMap.class);
    when(jenkins.getFingerprintMap()).thenReturn(fingerprints);
    when(fingerprints.getOrCreate(any(Run.class), any(), any()))
        .thenReturn(mock(Fingerprint.class));
    KanikoGlobalConfiguration defaults = mock(KanikoGlobalConfiguration.class);
    when(defaults.javaOptionList()).thenReturn(List.of("-Xmx256m"));
    when(run.getExternalizableId()).thenReturn("team/app#1");
    Job<?, ?> job = mock(Job.class);
    when(job.getFullName()).thenReturn("team/app");
    doReturn(job).when(run).getParent();
    when(run.getEnvironment(any())).thenReturn(new EnvVars());
    URL executor = Path.of(System.getProperty("executor.jar")).toUri().toURL();
    ExecutorJar jar = ExecutorJar.at(executor, "test");
    try (var statics = mockStatic(Jenkins.class);
        var extensions = mockStatic(ExtensionList.class);
        var executors = mockStatic(ExecutorJar.class);
        var credentials = mockStatic(CredentialsProvider.class);
        var requirements = mockStatic(URIRequirementBuilder.class, Answers.RETURNS_DEEP_STUBS);
        var pages = mockConstruction(FingerprintAction.class);
        var streams =
            mockConstruction(
                RemoteInputStream.class,
                call -> withSettings().defaultAnswer(delegatesTo(call.arguments().get(0))))) {
      statics.when(Jenkins::get).thenReturn(jenkins);
      executors.when(ExecutorJar::get).thenReturn(jar);
      extensions
          .when(() -> ExtensionList.lookupSingleton(KanikoGlobalConfiguration.class))
          .thenReturn(defaults);
      StandardCredentials login = login();
      credentials
          .when(
              () ->
                  CredentialsProvider.findCredentialById(
                      eq("registry"), eq(StandardCredentials.class), eq(run), anyList()))
          .thenReturn(login);
      credentials
          .when(() -> CredentialsProvider.snapshot(any(Credentials.class)))
          .thenAnswer(call -> call.getArgument(0));
      requirements.when(() -> URIRequirementBuilder.fromUri(any()).build()).thenReturn(List.of());

      KanikoImage image =
          new ImageBuild(
                  run,
                  filePath(agent, workspace),
                  new EnvVars(Map.of("FROM_ENVIRONMENT", "2")),
                  listener())
              .run(step.getSpec());

      assertThat(streams.constructed()).hasSize(1);
      assertThat(pages.constructed()).hasSize(1);
      return image;
    }
  }

  private static StandardCredentials login() {
    StandardUsernamePasswordCredentials login = mock(StandardUsernamePasswordCredentials.class);
    Secret password = mock(Secret.class);
    when(password.getPlainText()).thenReturn(RegistryServer.PASSWORD);
    when(login.getUsername()).thenReturn(RegistryServer.USER);
    when(login.getPassword()).thenReturn(password);
    return login;
  }

  private TaskListener listener() {
    TaskListener listener = mock(TaskListener.class);
    when(listener.getLogger()).thenReturn(new PrintStream(log, true, StandardCharsets.UTF_8));
    return listener;
  }

  private static FilePath filePath(Path agent, Path workspace) throws Exception {
    FilePath path = mock(FilePath.class);
    Computer computer = mock(Computer.class);
    Node node = mock(Node.class);
    FilePath root = mock(FilePath.class);
    when(path.toComputer()).thenReturn(computer);
    when(computer.getNode()).thenReturn(node);
    when(node.getRootPath()).thenReturn(root);
    when(root.getRemote()).thenReturn(agent.toString());
    when(path.act(any(BuildCallable.class)))
        .thenAnswer(call -> call.<BuildCallable>getArgument(0).invoke(workspace.toFile(), null));
    return path;
  }
}
