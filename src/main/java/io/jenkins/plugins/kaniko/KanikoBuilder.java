package io.jenkins.plugins.kaniko;

import hudson.EnvVars;
import hudson.Extension;
import hudson.FilePath;
import hudson.Launcher;
import hudson.model.AbstractProject;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.Builder;
import java.io.IOException;
import jenkins.tasks.SimpleBuildStep;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;

/**
 * The build step of freestyle projects. Variables of the build ({@code $BUILD_NUMBER}) are replaced
 * in every parameter. In a Pipeline, {@link KanikoBuildStep} is the one to use.
 */
public final class KanikoBuilder extends Builder implements SimpleBuildStep {
  private final KanikoBuildSpec spec;

  @DataBoundConstructor
  public KanikoBuilder(KanikoBuildSpec spec) {
    this.spec = spec == null ? new KanikoBuildSpec() : spec;
  }

  public KanikoBuildSpec getSpec() {
    return spec;
  }

  @Override
  public void perform(
      Run<?, ?> run,
      FilePath workspace,
      EnvVars environment,
      Launcher launcher,
      TaskListener listener)
      throws InterruptedException, IOException {
    new ImageBuild(run, workspace, environment, listener).run(spec.expanded(environment::expand));
  }

  /** Offers the build step in every kind of project. */
  @Extension
  @Symbol("kanikoImage")
  public static final class DescriptorImpl extends BuildStepDescriptor<Builder> {
    public DescriptorImpl() {
      super(KanikoBuilder.class);
    }

    @Override
    public String getDisplayName() {
      return Messages.KanikoBuilder_displayName();
    }

    @Override
    @SuppressWarnings("rawtypes") // The signature is Jenkins's.
    public boolean isApplicable(Class<? extends AbstractProject> jobType) {
      return true;
    }
  }
}
