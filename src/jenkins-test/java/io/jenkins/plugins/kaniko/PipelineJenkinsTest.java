package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.slaves.DumbSlave;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Real builds on an online agent, pushed to a real registry. */
@WithJenkins
class PipelineJenkinsTest {
  private static final String FILES =
      """
      writeFile file: 'hello', text: 'hello'
      writeFile file: 'Dockerfile', text: 'FROM scratch\\nCOPY hello /hello\\n'
      """;

  private JenkinsRule jenkins;
  private DumbSlave agent;

  /** Each parameter of this kind starts a Jenkins, and there can be one: the tests have none. */
  @BeforeEach
  void connect(JenkinsRule rule) throws Exception {
    jenkins = rule;
    agent = jenkins.createOnlineSlave();
  }

  @Test
  void aScriptedBuildPushesAndReturnsTheImage() throws Exception {
    try (JenkinsTestRegistry registry = JenkinsTestRegistry.start()) {
      WorkflowRun run =
          jenkins.buildAndAssertSuccess(
              job(
                  onAgent(
                      """
                      def image = kanikoBuild(destinations: ['%1$s/app:1', '%1$s/app:latest'], insecure: true,
                        extraArgs: ['--insecure-registry=%1$s'])
                      echo "digest=${image.digest} layers=${image.layers.size()} tags=${image.tags}"
                      echo "created by ${image.layers[0].createdBy}, ${image.size} bytes, ${image.cacheHits} hits"
                      assert image.references[0].endsWith(image.digest)
                      assert image.imageId.startsWith('sha256:')
                      assert image.warnings.isEmpty() && image.durationMillis > 0
                      """
                          .formatted(registry.hostPort()))));

      jenkins.assertLogContains("digest=sha256:", run);
      jenkins.assertLogContains("layers=1 tags=[1, latest]", run);
      KanikoRunAction action = run.getAction(KanikoRunAction.class);
      assertThat(action.getImages()).hasSize(1);
      JenkinsRule.WebClient client = jenkins.createWebClient();
      assertThat(client.getPage(run, "kaniko").asNormalizedText())
          .contains("COPY hello /hello", action.getImages().get(0).getDigest());
      assertThat(client.getPage(run).asNormalizedText()).contains("Container images");
      assertThat(client.getPage(run.getParent()).asNormalizedText())
          .contains("Last container images");
      assertThat(
              client
                  .goTo(run.getUrl() + "kaniko/api/json", "application/json")
                  .getWebResponse()
                  .getContentAsString())
          .contains("\"digest\":\"sha256:", "\"createdBy\":\"COPY hello /hello");
      assertThat(
              client
                  .goTo(run.getUrl() + "api/json", "application/json")
                  .getWebResponse()
                  .getContentAsString())
          .contains(action.getImages().get(0).getReferences());
      String hash = KanikoRunAction.fingerprintOf(action.getImages().get(0).getDigest());
      assertThat(jenkins.jenkins._getFingerprint(hash)).isNotNull();
    }
  }

  @Test
  void aDeclarativeBuildPushes() throws Exception {
    try (JenkinsTestRegistry registry = JenkinsTestRegistry.start()) {
      WorkflowRun run =
          jenkins.buildAndAssertSuccess(
              job(
                  """
                  pipeline {
                    agent { label '%1$s' }
                    options { timeout(time: 5, unit: 'MINUTES') }
                    stages {
                      stage('Image') {
                        steps {
                          %2$s
                          dir('app') {
                            %2$s
                            withEnv(['VERSION=1.2']) {
                              kanikoBuild destination: '%3$s/app:1', insecure: true, buildArgs: [A: '1'],
                                labels: [team: 'x'], extraArgs: ['--insecure-registry=%3$s']
                            }
                          }
                        }
                      }
                    }
                  }
                  """
                      .formatted(
                          agent.getNodeName(), FILES.replace("\n", "\n            "), registry.hostPort())));

      jenkins.assertLogContains("pushed " + registry.hostPort() + "/app:1@sha256:", run);
    }
  }

  @Test
  void aFreestyleBuildReplacesVariables() throws Exception {
    try (JenkinsTestRegistry registry = JenkinsTestRegistry.start()) {
      FreeStyleProject project = jenkins.createFreeStyleProject();
      project.setAssignedNode(agent);
      Path workspace = Files.createDirectories(Path.of(agent.getRemoteFS(), "free"));
      Files.writeString(workspace.resolve("Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
      project.setCustomWorkspace(workspace.toString());
      KanikoBuildSpec spec = new KanikoBuildSpec();
      spec.setDestinations(List.of(registry.hostPort() + "/free:$BUILD_NUMBER"));
      spec.setInsecure(true);
      spec.setExtraArgs(List.of("--insecure-registry=" + registry.hostPort()));
      project.getBuildersList().add(new KanikoBuilder(spec));

      FreeStyleBuild build = jenkins.buildAndAssertSuccess(project);

      assertThat(build.getAction(KanikoRunAction.class).getImages().get(0).getTags())
          .containsExactly("1");
    }
  }

  @Test
  void missingCredentialsFailTheBuild() throws Exception {
    WorkflowRun run =
        jenkins.buildAndAssertStatus(
            Result.FAILURE,
            job(
                onAgent(
                    "kanikoBuild destination: 'registry.example.org/app:1', credentialsId: 'gone'")));

    jenkins.assertLogContains("'gone' for the registry registry.example.org", run);
  }

  /** Whoever may start a build must not choose credentials. */
  @Test
  void variablesOfAFreestyleBuildChooseNoCredentials() throws Exception {
    FreeStyleProject project = jenkins.createFreeStyleProject();
    project.setAssignedNode(agent);
    KanikoBuildSpec spec = new KanikoBuildSpec();
    spec.setDestinations(List.of("registry.example.org/app:$BUILD_NUMBER"));
    spec.setCredentialsId("$JOB_NAME");
    project.getBuildersList().add(new KanikoBuilder(spec));

    FreeStyleBuild build = jenkins.buildAndAssertStatus(Result.FAILURE, project);

    jenkins.assertLogContains("the credentials '$JOB_NAME' for the registry", build);
  }

  /** Needs a static busybox, and an agent on which RUN works. */
  @Test
  void aTimeoutEndsTheBuildAndTheNextOneWorks() throws Exception {
    WorkflowRun run =
        jenkins.buildAndAssertSuccess(
            job(
                onAgent(
                    """
                    sh 'cp /bin/busybox busybox'
                    def write = { seconds ->
                      writeFile file: 'Dockerfile',
                        text: "FROM scratch\\nCOPY busybox /bin/sh\\nCOPY busybox /bin/sleep\\nRUN sleep ${seconds}\\n"
                    }
                    write(4714)
                    try {
                      timeout(time: 20, unit: 'SECONDS') { kanikoBuild push: false }
                    } catch (e) {
                      echo 'timed out'
                    }
                    write(0)
                    retry(2) { kanikoBuild push: false }
                    """)));

    jenkins.assertLogContains("timed out", run);
    assertThat(run.getAction(KanikoRunAction.class).getImages()).hasSize(1);
    assertEnds("sleep 4714");
  }

  @Test
  void aPasswordDoesNotShowInTheLog() throws Exception {
    CredentialsProvider.lookupStores(jenkins.jenkins)
        .iterator()
        .next()
        .addCredentials(
            Domain.global(),
            new UsernamePasswordCredentialsImpl(
                CredentialsScope.GLOBAL, "registry", "", "user", "s3cret-and-long"));

    WorkflowRun run =
        jenkins.buildAndAssertSuccess(
            job(
                onAgent(
                    """
                    writeFile file: 'Dockerfile', text: 'FROM scratch\\nCOPY hello /s3cret-and-long\\n'
                    def image = kanikoBuild push: false, tarPath: 'image.tar', verbosity: 'trace',
                      credentials: [[registry: 'registry.example.org', credentialsId: 'registry']]
                    """)));

    jenkins.assertLogContains("COPY hello /****", run);
    jenkins.assertLogNotContains("s3cret-and-long", run);
  }

  @Test
  void branchesBuildAtOnceOnOneAgent() throws Exception {
    WorkflowRun run =
        jenkins.buildAndAssertSuccess(
            job(
                onAgent(
                    """
                    parallel a: { kanikoBuild push: false, tarPath: 'a.tar' },
                             b: { kanikoBuild push: false, tarPath: 'b.tar' }
                    """)));

    assertThat(run.getAction(KanikoRunAction.class).getImages()).hasSize(2);
  }

  /** Needs a static busybox, and an agent on which RUN works. */
  @Test
  void anAbortEndsTheBuildAndCleansUp() throws Exception {
    WorkflowJob job =
        job(
            onAgent(
                """
                sh 'cp /bin/busybox busybox'
                writeFile file: 'Dockerfile',
                  text: 'FROM scratch\\nCOPY busybox /bin/sh\\nCOPY busybox /bin/sleep\\nRUN echo asleep && sleep 4713\\n'
                kanikoBuild push: false
                """));
    WorkflowRun run = job.scheduleBuild2(0).waitForStart();
    jenkins.waitForMessage("asleep", run);

    run.getExecutor().interrupt();

    jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
    assertEnds("sleep 4713");
    eventually(() -> assertThat(credentials()).isEmpty());
  }

  private static void assertEnds(String command) throws Exception {
    eventually(
        () ->
            assertThat(ProcessHandle.allProcesses().map(process -> process.info().commandLine()))
                .noneMatch(line -> line.orElse("").contains(command)));
  }

  /** An abort does not wait for the agent, which may take ten seconds. */
  private static void eventually(Runnable assertion) throws InterruptedException {
    for (int tries = 0; tries < 60; tries++) {
      try {
        assertion.run();
        return;
      } catch (AssertionError e) {
        Thread.sleep(250);
      }
    }
    assertion.run();
  }

  /** What builds have left of their directories: {@code kaniko-build/<uid>/kaniko/.docker/<id>}. */
  private List<Path> credentials() {
    List<Path> left = new ArrayList<>();
    try (DirectoryStream<Path> users =
        Files.newDirectoryStream(Path.of(agent.getRemoteFS(), "kaniko-build"))) {
      for (Path user : users) {
        Path docker = user.resolve("kaniko/.docker");
        if (Files.isDirectory(docker)) {
          try (DirectoryStream<Path> builds = Files.newDirectoryStream(docker, Files::isDirectory)) {
            builds.forEach(left::add);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return left;
  }

  private String onAgent(String body) {
    return "node('%s') {\n%s%s\n}".formatted(agent.getNodeName(), FILES, body);
  }

  private WorkflowJob job(String script) throws Exception {
    WorkflowJob job = jenkins.createProject(WorkflowJob.class);
    job.setDefinition(new CpsFlowDefinition(script, true));
    return job;
  }
}
