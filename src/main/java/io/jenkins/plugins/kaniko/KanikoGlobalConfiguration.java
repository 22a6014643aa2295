package io.jenkins.plugins.kaniko;

import hudson.Extension;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.util.ArrayList;
import java.util.List;
import jenkins.model.GlobalConfiguration;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/**
 * "Kaniko builds" in the system configuration, and {@code unclassified: kanikoBuild:} in a
 * configuration file: what holds for all builds that do not say otherwise.
 */
@Extension
@Symbol("kanikoBuild")
public class KanikoGlobalConfiguration extends GlobalConfiguration {
  private static final List<String> LINES = List.of("registryMirrors");

  private List<String> registryMirrors = new ArrayList<>();
  private String cacheRepository;
  private String cacheTtl;
  private List<RegistryCredential> credentials = new ArrayList<>();
  private String isolation;
  private String storeDirectory;
  private String storeSizeLimit;
  private String javaOptions;

  public KanikoGlobalConfiguration() {
    load();
  }

  @Override
  public String getDisplayName() {
    return Messages.KanikoGlobalConfiguration_displayName();
  }

  @Override
  public boolean configure(StaplerRequest2 request, JSONObject json) throws FormException {
    // What is refused must not be kept, and setting a value keeps it.
    KanikoBuildSpecDescriptor.refuseDuplicates(
        request.bindJSONToList(RegistryCredential.class, json.opt("credentials")));
    // A list without rows is not in the form at all.
    credentials = new ArrayList<>();
    request.bindJSON(this, KanikoBuildSpecDescriptor.splitLines(json, LINES));
    save();
    return true;
  }

  public List<String> getRegistryMirrors() {
    return registryMirrors;
  }

  @DataBoundSetter
  public void setRegistryMirrors(List<String> registryMirrors) {
    this.registryMirrors = Values.list(registryMirrors);
    save();
  }

  public String getCacheRepository() {
    return cacheRepository;
  }

  @DataBoundSetter
  public void setCacheRepository(String cacheRepository) {
    this.cacheRepository = Values.trimmed(cacheRepository);
    save();
  }

  public String getCacheTtl() {
    return cacheTtl;
  }

  @DataBoundSetter
  public void setCacheTtl(String cacheTtl) {
    this.cacheTtl = Values.trimmed(cacheTtl);
    save();
  }

  public List<RegistryCredential> getCredentials() {
    return credentials;
  }

  @DataBoundSetter
  public void setCredentials(List<RegistryCredential> credentials) {
    this.credentials = Values.copy(credentials);
    save();
  }

  public String getIsolation() {
    return isolation;
  }

  @DataBoundSetter
  public void setIsolation(String isolation) {
    this.isolation = Values.trimmed(isolation);
    save();
  }

  public String getStoreDirectory() {
    return storeDirectory;
  }

  @DataBoundSetter
  public void setStoreDirectory(String storeDirectory) {
    this.storeDirectory = Values.trimmed(storeDirectory);
    save();
  }

  public String getStoreSizeLimit() {
    return storeSizeLimit;
  }

  @DataBoundSetter
  public void setStoreSizeLimit(String storeSizeLimit) {
    this.storeSizeLimit = Values.trimmed(storeSizeLimit);
    save();
  }

  public String getJavaOptions() {
    return javaOptions;
  }

  @DataBoundSetter
  public void setJavaOptions(String javaOptions) {
    this.javaOptions = Values.trimmed(javaOptions);
    save();
  }

  /** The options of the executor's JVM, one by one; none of them holds a blank. */
  List<String> javaOptionList() {
    return javaOptions == null ? List.of() : List.of(javaOptions.split("\\s+"));
  }

  /** A list as a text area shows it. */
  public String lines(List<String> values) {
    return values == null ? "" : String.join("\n", values);
  }

  @POST
  public ListBoxModel doFillIsolationItems(@QueryParameter String isolation) {
    return Choices.isolation(null, isolation);
  }

  @POST
  public FormValidation doCheckRegistryMirrors(@QueryParameter String value) {
    return FormChecks.check(
        null, () -> KanikoBuildSpecDescriptor.missing(value, "--registry-mirror"));
  }

  @POST
  public FormValidation doCheckCacheRepository(@QueryParameter String value) {
    return FormChecks.check(null, () -> Checks.destinations(Values.lines(value)));
  }

  @POST
  public FormValidation doCheckCacheTtl(@QueryParameter String value) {
    return FormChecks.check(null, () -> Checks.ttl(Values.trimmed(value)));
  }

  @POST
  public FormValidation doCheckStoreDirectory(@QueryParameter String value) {
    return FormChecks.check(null, () -> Checks.absolutePath(Values.trimmed(value)));
  }

  @POST
  public FormValidation doCheckStoreSizeLimit(@QueryParameter String value) {
    return FormChecks.check(
        null,
        () ->
            KanikoBuildSpecDescriptor.firstOf(
                Checks.size(Values.trimmed(value)),
                KanikoBuildSpecDescriptor.missing(value, "--store-size-limit")));
  }

  @POST
  public FormValidation doCheckJavaOptions(@QueryParameter String value) {
    return FormChecks.check(null, () -> Checks.javaOptions(Values.trimmed(value)));
  }
}
