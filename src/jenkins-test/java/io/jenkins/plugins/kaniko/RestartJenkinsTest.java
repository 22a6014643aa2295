package io.jenkins.plugins.kaniko;

import hudson.model.Result;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/**
 * A restart of the controller in the middle of a build: it fails cleanly, and a retry succeeds.
 * Needs a static busybox, and a machine on which RUN works.
 */
class RestartJenkinsTest {
  private static final String BUILD =
      """
        node('remote') {
          tries++
          sh 'cp /bin/busybox busybox'
          writeFile file: 'Dockerfile',
            text: 'FROM scratch\\nCOPY busybox /bin/sh\\nCOPY busybox /bin/sleep\\nRUN echo asleep; ' +
              (tries == 1 ? 'sleep 600' : 'true') + '\\n'
          kanikoBuild push: false
        }
      """;

  @RegisterExtension private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

  @Test
  void aRetryBuildsAgainAfterARestart() throws Throwable {
    restartInTheMiddle(
        "def tries = 0\nretry(conditions: [agent(), nonresumable()], count: 2) {\n" + BUILD + "}\n");
    sessions.then(
        jenkins -> {
          WorkflowRun run =
              jenkins.jenkins.getItemByFullName("app", WorkflowJob.class).getBuildByNumber(1);
          jenkins.assertBuildStatus(Result.SUCCESS, jenkins.waitForCompletion(run));
        });
  }

  @Test
  void withoutARetryTheBuildFails() throws Throwable {
    restartInTheMiddle("def tries = 0\n" + BUILD);
    sessions.then(
        jenkins -> {
          WorkflowRun run =
              jenkins.jenkins.getItemByFullName("app", WorkflowJob.class).getBuildByNumber(1);
          jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        });
  }

  private void restartInTheMiddle(String script) throws Throwable {
    sessions.then(
        jenkins -> {
          jenkins.createSlave("remote", "remote", null);
          WorkflowJob job = jenkins.createProject(WorkflowJob.class, "app");
          job.setDefinition(new CpsFlowDefinition(script, true));
          WorkflowRun run = job.scheduleBuild2(0).waitForStart();
          jenkins.waitForMessage("asleep", run);
        });
  }
}
