package io.jenkins.plugins.kaniko;

import hudson.model.Action;
import hudson.model.Run;
import java.util.List;

/** The images of the last successful run, on the page of the project. Not in its menu. */
public final class KanikoProjectAction implements Action {
  private final Run<?, ?> run;

  KanikoProjectAction(Run<?, ?> run) {
    this.run = run;
  }

  public Run<?, ?> getRun() {
    return run;
  }

  public List<KanikoImage> getImages() {
    KanikoRunAction action = run.getAction(KanikoRunAction.class);
    return action == null ? List.of() : action.getImages();
  }

  @Override
  public String getIconFileName() {
    return null;
  }

  @Override
  public String getDisplayName() {
    return Messages.KanikoRunAction_displayName();
  }

  @Override
  public String getUrlName() {
    return null;
  }
}
