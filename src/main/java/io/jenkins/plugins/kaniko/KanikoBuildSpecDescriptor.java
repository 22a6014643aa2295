package io.jenkins.plugins.kaniko;

import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.util.List;
import java.util.Optional;
import net.sf.json.JSONObject;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/** The form of {@link KanikoBuildSpec}: what it offers and what it checks. */
public abstract class KanikoBuildSpecDescriptor extends Descriptor<KanikoBuildSpec> {
  private static final List<String> LINES =
      List.of(
          "destinations", "buildArgs", "labels", "buildContexts", "registryMirrors", "extraArgs");

  KanikoBuildSpecDescriptor() {
    super(KanikoBuildSpec.class);
  }

  @Override
  public String getDisplayName() {
    return Messages.KanikoBuildSpec_displayName();
  }

  /** A list as a text area shows it. */
  public String lines(List<String> values) {
    return values == null ? "" : String.join("\n", values);
  }

  @Override
  public KanikoBuildSpec newInstance(StaplerRequest2 request, JSONObject json)
      throws FormException {
    KanikoBuildSpec spec = super.newInstance(request, splitLines(json, LINES));
    refuseDuplicates(spec.getCredentials());
    return spec;
  }

  static void refuseDuplicates(List<RegistryCredential> credentials) throws FormException {
    Optional<String> problem = Checks.duplicates(credentials);
    if (problem.isPresent()) {
      throw new FormException(problem.get(), "credentials");
    }
  }

  /** Text areas send one text; the parameters are lists of its lines. */
  static JSONObject splitLines(JSONObject json, List<String> fields) {
    for (String field : fields) {
      if (json.opt(field) instanceof String text) {
        json.element(field, Values.lines(text));
      }
    }
    return json;
  }

  @POST
  public ListBoxModel doFillCredentialsIdItems(
      @AncestorInPath Item item, @QueryParameter String credentialsId) {
    return CredentialsChoice.forRegistry(item, null, credentialsId);
  }

  @POST
  public ListBoxModel doFillSshItems(@AncestorInPath Item item, @QueryParameter String ssh) {
    return CredentialsChoice.forSsh(item, ssh);
  }

  @POST
  public ListBoxModel doFillIsolationItems(
      @AncestorInPath Item item, @QueryParameter String isolation) {
    return Choices.isolation(item, isolation);
  }

  @POST
  public ListBoxModel doFillVerbosityItems(
      @AncestorInPath Item item, @QueryParameter String verbosity) {
    return Choices.verbosity(item, verbosity);
  }

  @POST
  public ListBoxModel doFillCompressionItems(
      @AncestorInPath Item item, @QueryParameter String compression) {
    return Choices.compression(item, compression);
  }

  @POST
  public FormValidation doCheckDestinations(
      @AncestorInPath Item item, @QueryParameter String value) {
    return FormChecks.check(item, () -> Checks.destinations(Values.lines(value)));
  }

  @POST
  public FormValidation doCheckDockerfile(@AncestorInPath Item item, @QueryParameter String value) {
    return FormChecks.check(item, () -> Checks.dockerfile(Values.trimmed(value)));
  }

  @POST
  public FormValidation doCheckPlatform(@AncestorInPath Item item, @QueryParameter String value) {
    return FormChecks.check(item, () -> Checks.platform(Values.trimmed(value)));
  }

  @POST
  public FormValidation doCheckBuildArgs(@AncestorInPath Item item, @QueryParameter String value) {
    return FormChecks.check(item, () -> Checks.pairs(Values.lines(value), false));
  }

  @POST
  public FormValidation doCheckLabels(@AncestorInPath Item item, @QueryParameter String value) {
    return FormChecks.check(item, () -> Checks.pairs(Values.lines(value), true));
  }

  @POST
  public FormValidation doCheckBuildContexts(
      @AncestorInPath Item item, @QueryParameter String value) {
    return FormChecks.check(
        item,
        () -> firstOf(Checks.pairs(Values.lines(value), true), missing(value, "--build-context")));
  }

  @POST
  public FormValidation doCheckRegistryMirrors(
      @AncestorInPath Item item, @QueryParameter String value) {
    return FormChecks.check(item, () -> missing(value, "--registry-mirror"));
  }

  @POST
  public FormValidation doCheckCacheRepo(@AncestorInPath Item item, @QueryParameter String value) {
    return FormChecks.check(item, () -> Checks.destinations(Values.lines(value)));
  }

  @POST
  public FormValidation doCheckCacheTtl(@AncestorInPath Item item, @QueryParameter String value) {
    return FormChecks.check(item, () -> Checks.ttl(Values.trimmed(value)));
  }

  @POST
  public FormValidation doCheckCompression(
      @AncestorInPath Item item, @QueryParameter String value) {
    return FormChecks.check(item, () -> missing(value, "--compression"));
  }

  @POST
  public FormValidation doCheckSsh(@AncestorInPath Item item, @QueryParameter String value) {
    return FormChecks.check(item, () -> missing(value, "--ssh"));
  }

  static Optional<String> firstOf(Optional<String> first, Optional<String> second) {
    return first.isPresent() ? first : second;
  }

  /** A value whose flag the executor does not have fails the build: better said in the form. */
  static Optional<String> missing(String value, String flag) {
    return Values.trimmed(value) != null && !ExecutorFlags.has(flag, false)
        ? Optional.of(Messages.Checks_missingFlag(flag))
        : Optional.empty();
  }
}
