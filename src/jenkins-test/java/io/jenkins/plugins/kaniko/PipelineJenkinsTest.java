package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.Result;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.kaniko.executor.testing.RegistryServer;
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
  private static final String DOCKERFILE = "FROM scratch\\nCOPY hello /hello\\n";
  private static final String FILES =
      "writeFile file: 'hello', text: 'hello'; writeFile file: 'Dockerfile', text: '"
          + DOCKERFILE
          + "'\n";

  private DumbSlave agent;

  @BeforeEach
  void connect(JenkinsRule jenkins) throws Exception {
    agent = jenkins.createOnlineSlave();
  }

  @Test
  void aScriptedBuildPushesAndReturnsTheImage(JenkinsRule jenkins) throws Exception {
    try (RegistryServer registry = RegistryServer.start()) {
      WorkflowRun run =
          jenkins.buildAndAssertSuccess(
              job(
                  jenkins,
                  "node('"
                      + agent.getNodeName()
                      + "') {\n"
                      + FILES
                      + "def image = kanikoBuild(destination: '"
                      + registry.hostPort()
                      + "/app:1', insecure: true, extraArgs: '--insecure-registry="
                      + registry.hostPort()
                      + "')\n"
                      + "echo \"digest=${image.digest} layers=${image.layers.size()} tags=${image.tags}\"\n"
                      + "assert image.references[0].endsWith(image.digest)\n}"));

      jenkins.assertLogContains("digest=sha256:", run);
      jenkins.assertLogContains("layers=1 tags=[1]", run);
      assertThat(run.getAction(KanikoRunAction.class).getImages()).hasSize(1);
      JenkinsRule.WebClient client = jenkins.createWebClient();
      assertThat(client.getPage(run, "kaniko").asNormalizedText()).contains("COPY hello /hello");
      assertThat(client.getPage(run).asNormalizedText()).contains("Container images");
      assertThat(client.goTo(run.getUrl() + "kaniko/api/json", "application/json")
              .getWebResponse()
              .getContentAsString())
          .contains("\"digest\":\"sha256:");
      String hash =
          KanikoRunAction.fingerprintOf(
              run.getAction(KanikoRunAction.class).getImages().get(0).getDigest());
      assertThat(jenkins.jenkins._getFingerprint(hash)).isNotNull();
    }
  }

  @Test
  void aDeclarativeBuildMayWriteCacheAsABoolean(JenkinsRule jenkins) throws Exception {
    WorkflowRun run =
        jenkins.buildAndAssertStatus(
            Result.FAILURE,
            job(
                jenkins,
                "pipeline { agent { label '"
                    + agent.getNodeName()
                    + "' }\nstages { stage('Image') { steps {\n"
                    + "kanikoBuild destination: 'registry.example.org/app:1', cache: true, buildArgs: [A: '1']\n"
                    + "} } } }"));

    jenkins.assertLogContains("tried to pass cache as --cache", run);
  }

  @Test
  void missingCredentialsFailTheBuild(JenkinsRule jenkins) throws Exception {
    WorkflowRun run =
        jenkins.buildAndAssertStatus(
            Result.FAILURE,
            job(
                jenkins,
                onAgent("kanikoBuild destination: 'registry.example.org/app:1', credentialsId: 'gone'")));

    jenkins.assertLogContains("'gone' for the registry registry.example.org", run);
  }

  @Test
  void aPasswordDoesNotShowInTheLog(JenkinsRule jenkins) throws Exception {
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
                jenkins,
                onAgent(
                    "kanikoBuild push: false, tarPath: 'image.tar', labels: [leak: 's3cret-and-long'],"
                        + " verbosity: 'trace', credentials: [[registry: 'registry.example.org',"
                        + " credentialsId: 'registry']]")));

    jenkins.assertLogNotContains("s3cret-and-long", run);
  }

  @Test
  void branchesBuildAtOnceOnOneAgent(JenkinsRule jenkins) throws Exception {
    agent.setNumExecutors(1);
    WorkflowRun run =
        jenkins.buildAndAssertSuccess(
            job(
                jenkins,
                onAgent(
                    "parallel a: { kanikoBuild push: false, tarPath: 'a.tar' },"
                        + " b: { kanikoBuild push: false, tarPath: 'b.tar' }")));

    assertThat(run.getAction(KanikoRunAction.class).getImages()).hasSize(2);
  }

  @Test
  void anAbortEndsTheBuild(JenkinsRule jenkins) throws Exception {
    WorkflowJob job =
        job(
            jenkins,
            "node('"
                + agent.getNodeName()
                + "') {\nwriteFile file: 'Dockerfile', text: 'FROM busybox\\nRUN sleep 600\\n'\n"
                + "kanikoBuild push: false\n}");
    WorkflowRun run = job.scheduleBuild2(0).waitForStart();
    jenkins.waitForMessage("FROM busybox", run);

    run.getExecutor().interrupt();

    jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
  }

  private String onAgent(String body) {
    return "node('" + agent.getNodeName() + "') {\n" + FILES + body + "\n}";
  }

  private static WorkflowJob job(JenkinsRule jenkins, String script) throws Exception {
    WorkflowJob job = jenkins.createProject(WorkflowJob.class);
    job.setDefinition(new CpsFlowDefinition(script, true));
    return job;
  }
}
