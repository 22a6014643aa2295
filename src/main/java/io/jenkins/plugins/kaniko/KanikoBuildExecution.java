package io.jenkins.plugins.kaniko;

import hudson.EnvVars;
import hudson.FilePath;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import org.jenkinsci.plugins.workflow.actions.LabelAction;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.SynchronousNonBlockingStepExecution;

/**
 * One run of the step, in a thread of its own that an abort interrupts. A restart of the controller
 * ends the build on the agent, and {@code retry(conditions: [nonresumable()])} starts it again.
 */
final class KanikoBuildExecution extends SynchronousNonBlockingStepExecution<KanikoImage> {
  private static final long serialVersionUID = 1;

  // Needed to start only: the execution of a build that was interrupted is never started again.
  private final transient KanikoBuildSpec spec;

  KanikoBuildExecution(StepContext context, KanikoBuildSpec spec) {
    super(context);
    this.spec = spec;
  }

  @Override
  protected KanikoImage run() throws Exception {
    StepContext context = getContext();
    FlowNode node = context.get(FlowNode.class);
    if (!spec.getDestinations().isEmpty()) {
      node.addAction(
          new LabelAction(
              Messages.KanikoBuildExecution_label(String.join(", ", spec.getDestinations()))));
    }
    KanikoImage image =
        new ImageBuild(
                context.get(Run.class),
                context.get(FilePath.class),
                context.get(EnvVars.class),
                context.get(TaskListener.class))
            .run(spec);
    if (!image.getWarnings().isEmpty()) {
      // Marks the step, not the build.
      node.addAction(new WarningAction(Result.UNSTABLE).withMessage(summary(image)));
    }
    return image;
  }

  private static String summary(KanikoImage image) {
    ImageWarning first = image.getWarnings().get(0);
    return Messages.KanikoBuildExecution_warnings(image.getWarnings().size(), first.toString());
  }
}
