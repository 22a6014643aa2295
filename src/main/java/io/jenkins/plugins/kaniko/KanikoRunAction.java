package io.jenkins.plugins.kaniko;

import hudson.model.Action;
import hudson.model.Api;
import hudson.model.Run;
import hudson.tasks.Fingerprinter.FingerprintAction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import jenkins.model.RunAction2;
import jenkins.tasks.SimpleBuildStep;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** The images that a run has built: its page, its part of the REST API, its summary. */
@ExportedBean
public final class KanikoRunAction implements RunAction2, SimpleBuildStep.LastBuildAction {
  /** Where the hexadecimal digits of a digest begin: behind {@code sha256:}. */
  private static final int HEX = 7;

  /** Jenkins's fingerprints have the length of an MD5 sum. */
  private static final int FINGERPRINT = 32;

  private volatile List<KanikoImage> images = new ArrayList<>();
  private transient Run<?, ?> run;

  /** Adds an image to a run, and the run to the image's fingerprint. */
  static void record(Run<?, ?> run, KanikoImage image) throws IOException {
    // Branches of a parallel step end at once.
    synchronized (run) {
      KanikoRunAction action = run.getAction(KanikoRunAction.class);
      if (action == null) {
        action = new KanikoRunAction();
        action.add(image);
        run.addAction(action);
      } else {
        action.add(image);
      }
      fingerprint(run, image);
      run.save();
    }
  }

  private void add(KanikoImage image) {
    List<KanikoImage> all = new ArrayList<>(images);
    all.add(image);
    images = all;
  }

  private static void fingerprint(Run<?, ?> run, KanikoImage image) throws IOException {
    String digest = image.getDigest();
    if (!digest.matches("sha256:[0-9a-f]{64}")) {
      return; // A real kaniko that was not asked for it does not tell.
    }
    String hash = fingerprintOf(digest);
    Jenkins.get().getFingerprintMap().getOrCreate(run, image.getName(), hash).addFor(run);
    FingerprintAction page = run.getAction(FingerprintAction.class);
    Map<String, String> record = Map.of(image.getName(), hash);
    if (page == null) {
      run.addAction(new FingerprintAction(run, record));
    } else {
      page.add(record);
    }
  }

  /** The first half of the digest's digits, as other plugins that know images do it. */
  static String fingerprintOf(String digest) {
    return digest.substring(HEX, HEX + FINGERPRINT);
  }

  /** Part of the run in the REST API, too. */
  @Exported(visibility = 2)
  public List<KanikoImage> getImages() {
    return List.copyOf(images);
  }

  public Run<?, ?> getRun() {
    return run;
  }

  /** For the REST API of the page. */
  public Api getApi() {
    return new Api(this);
  }

  @Override
  public void onAttached(Run<?, ?> owner) {
    run = owner;
  }

  @Override
  public void onLoad(Run<?, ?> owner) {
    run = owner;
  }

  @Override
  public String getIconFileName() {
    return "symbol-cube";
  }

  @Override
  public String getDisplayName() {
    return Messages.KanikoRunAction_displayName();
  }

  @Override
  public String getUrlName() {
    return "kaniko";
  }

  @Override
  public Collection<? extends Action> getProjectActions() {
    return run == null ? List.of() : List.of(new KanikoProjectAction(run));
  }
}
