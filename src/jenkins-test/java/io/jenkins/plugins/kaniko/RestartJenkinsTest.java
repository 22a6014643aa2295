package io.jenkins.plugins.kaniko;

import hudson.model.Result;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** A restart of the controller in the middle of a build: it fails cleanly, and a retry succeeds. */
class RestartJenkinsTest {
  @RegisterExtension private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

  @Test
  void aRetryBuildsAgainAfterARestart() throws Throwable {
    sessions.then(
        jenkins -> {
          WorkflowJob job = jenkins.createProject(WorkflowJob.class, "app");
          job.setDefinition(
              new CpsFlowDefinition(
                  """
                  def tries = 0
                  retry(conditions: [nonresumable()], count: 2) {
                    node {
                      tries++
                      writeFile file: 'hello', text: 'hello'
                      writeFile file: 'Dockerfile',
                        text: tries == 1 ? 'FROM busybox\\nRUN sleep 600\\n' : 'FROM scratch\\nCOPY hello /hello\\n'
                      kanikoBuild push: false, tarPath: 'image.tar'
                    }
                  }
                  """,
                  true));
          WorkflowRun run = job.scheduleBuild2(0).waitForStart();
          jenkins.waitForMessage("FROM busybox", run);
        });
    sessions.then(
        jenkins -> {
          WorkflowRun run =
              jenkins.jenkins.getItemByFullName("app", WorkflowJob.class).getBuildByNumber(1);
          jenkins.assertBuildStatus(Result.SUCCESS, jenkins.waitForCompletion(run));
        });
  }
}
