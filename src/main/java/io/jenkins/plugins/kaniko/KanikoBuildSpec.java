package io.jenkins.plugins.kaniko;

import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * The parameters of a build, shared by the step and the freestyle build step. Each stands for a
 * flag of the executor, see {@link CommandLine}. Texts that are not set are null, lists are empty.
 */
public final class KanikoBuildSpec extends AbstractDescribableImpl<KanikoBuildSpec>
    implements Serializable {
  private static final long serialVersionUID = 1;

  private List<String> destinations = new ArrayList<>();
  private String context;
  private String dockerfile;
  private String target;
  private List<String> buildArgs = new ArrayList<>();
  private List<String> labels = new ArrayList<>();
  private String platform;

  /** The opposite of the parameter: what is not there when it is read back is false. */
  private boolean noPush;

  private String tarPath;
  private String ociLayoutPath;
  private String digestFile;
  private boolean cache;
  private String cacheRepo;
  private String cacheTtl;
  private boolean cacheCopyLayers;
  private String credentialsId;
  private List<RegistryCredential> credentials = new ArrayList<>();
  private List<BuildSecret> secrets = new ArrayList<>();
  private String ssh;
  private List<String> buildContexts = new ArrayList<>();
  private List<String> registryMirrors = new ArrayList<>();
  private boolean insecure;
  private boolean skipTlsVerify;
  private String isolation;
  private String compression;
  private String verbosity;
  private List<String> extraArgs = new ArrayList<>();
  private String executor;

  @DataBoundConstructor
  public KanikoBuildSpec() {}

  /** What was kept by hand or by another version may lack lists. */
  private Object readResolve() {
    destinations = Values.list(destinations);
    buildArgs = Values.list(buildArgs);
    labels = Values.list(labels);
    credentials = Values.copy(credentials);
    secrets = Values.copy(secrets);
    buildContexts = Values.list(buildContexts);
    registryMirrors = Values.list(registryMirrors);
    extraArgs = Values.list(extraArgs);
    return this;
  }

  /**
   * A copy in which every text has been replaced, but for the ids of credentials: whoever may start
   * a build must not choose them by a variable. {@code ${NAME}} is a credentials parameter, which
   * the credentials plugin resolves with the rights of who gave it.
   */
  KanikoBuildSpec expanded(UnaryOperator<String> expand) {
    KanikoBuildSpec copy = new KanikoBuildSpec();
    copy.destinations = all(destinations, expand);
    copy.context = apply(context, expand);
    copy.dockerfile = apply(dockerfile, expand);
    copy.target = apply(target, expand);
    copy.buildArgs = all(buildArgs, expand);
    copy.labels = all(labels, expand);
    copy.platform = apply(platform, expand);
    copy.noPush = noPush;
    copy.tarPath = apply(tarPath, expand);
    copy.ociLayoutPath = apply(ociLayoutPath, expand);
    copy.digestFile = apply(digestFile, expand);
    copy.cache = cache;
    copy.cacheRepo = apply(cacheRepo, expand);
    copy.cacheTtl = apply(cacheTtl, expand);
    copy.cacheCopyLayers = cacheCopyLayers;
    copy.credentialsId = credentialsId;
    copy.credentials =
        Values.copy(
            credentials.stream()
                .map(
                    one ->
                        new RegistryCredential(
                            apply(one.getRegistry(), expand), one.getCredentialsId()))
                .toList());
    copy.secrets = Values.copy(secrets);
    copy.ssh = ssh;
    copy.buildContexts = all(buildContexts, expand);
    copy.registryMirrors = all(registryMirrors, expand);
    copy.insecure = insecure;
    copy.skipTlsVerify = skipTlsVerify;
    copy.isolation = apply(isolation, expand);
    copy.compression = apply(compression, expand);
    copy.verbosity = apply(verbosity, expand);
    copy.extraArgs = all(extraArgs, expand);
    copy.executor = apply(executor, expand);
    return copy;
  }

  private static String apply(String text, UnaryOperator<String> expand) {
    return text == null ? null : Values.trimmed(expand.apply(text));
  }

  private static List<String> all(List<String> texts, UnaryOperator<String> expand) {
    return Values.list(texts.stream().map(expand).toList());
  }

  public List<String> getDestinations() {
    return destinations;
  }

  @DataBoundSetter
  public void setDestinations(List<String> destinations) {
    this.destinations = Values.list(destinations);
  }

  public String getContext() {
    return context;
  }

  @DataBoundSetter
  public void setContext(String context) {
    // What the form shows for it, which need not be written out.
    this.context = ".".equals(Values.trimmed(context)) ? null : Values.trimmed(context);
  }

  public String getDockerfile() {
    return dockerfile;
  }

  @DataBoundSetter
  public void setDockerfile(String dockerfile) {
    this.dockerfile = Values.trimmed(dockerfile);
  }

  public String getTarget() {
    return target;
  }

  @DataBoundSetter
  public void setTarget(String target) {
    this.target = Values.trimmed(target);
  }

  public List<String> getBuildArgs() {
    return buildArgs;
  }

  @DataBoundSetter
  public void setBuildArgs(List<String> buildArgs) {
    this.buildArgs = Values.list(buildArgs);
  }

  public List<String> getLabels() {
    return labels;
  }

  @DataBoundSetter
  public void setLabels(List<String> labels) {
    this.labels = Values.list(labels);
  }

  public String getPlatform() {
    return platform;
  }

  @DataBoundSetter
  public void setPlatform(String platform) {
    this.platform = Values.trimmed(platform);
  }

  public boolean isPush() {
    return !noPush;
  }

  @DataBoundSetter
  public void setPush(boolean push) {
    noPush = !push;
  }

  public String getTarPath() {
    return tarPath;
  }

  @DataBoundSetter
  public void setTarPath(String tarPath) {
    this.tarPath = Values.trimmed(tarPath);
  }

  public String getOciLayoutPath() {
    return ociLayoutPath;
  }

  @DataBoundSetter
  public void setOciLayoutPath(String ociLayoutPath) {
    this.ociLayoutPath = Values.trimmed(ociLayoutPath);
  }

  public String getDigestFile() {
    return digestFile;
  }

  @DataBoundSetter
  public void setDigestFile(String digestFile) {
    this.digestFile = Values.trimmed(digestFile);
  }

  public boolean isCache() {
    return cache;
  }

  @DataBoundSetter
  public void setCache(boolean cache) {
    this.cache = cache;
  }

  public String getCacheRepo() {
    return cacheRepo;
  }

  @DataBoundSetter
  public void setCacheRepo(String cacheRepo) {
    this.cacheRepo = Values.trimmed(cacheRepo);
  }

  public String getCacheTtl() {
    return cacheTtl;
  }

  @DataBoundSetter
  public void setCacheTtl(String cacheTtl) {
    this.cacheTtl = Values.trimmed(cacheTtl);
  }

  public boolean isCacheCopyLayers() {
    return cacheCopyLayers;
  }

  @DataBoundSetter
  public void setCacheCopyLayers(boolean cacheCopyLayers) {
    this.cacheCopyLayers = cacheCopyLayers;
  }

  public String getCredentialsId() {
    return credentialsId;
  }

  @DataBoundSetter
  public void setCredentialsId(String credentialsId) {
    this.credentialsId = Values.trimmed(credentialsId);
  }

  public List<RegistryCredential> getCredentials() {
    return credentials;
  }

  @DataBoundSetter
  public void setCredentials(List<RegistryCredential> credentials) {
    this.credentials = Values.copy(credentials);
  }

  public List<BuildSecret> getSecrets() {
    return secrets;
  }

  @DataBoundSetter
  public void setSecrets(List<BuildSecret> secrets) {
    this.secrets = Values.copy(secrets);
  }

  public String getSsh() {
    return ssh;
  }

  @DataBoundSetter
  public void setSsh(String ssh) {
    this.ssh = Values.trimmed(ssh);
  }

  public List<String> getBuildContexts() {
    return buildContexts;
  }

  @DataBoundSetter
  public void setBuildContexts(List<String> buildContexts) {
    this.buildContexts = Values.list(buildContexts);
  }

  public List<String> getRegistryMirrors() {
    return registryMirrors;
  }

  @DataBoundSetter
  public void setRegistryMirrors(List<String> registryMirrors) {
    this.registryMirrors = Values.list(registryMirrors);
  }

  public boolean isInsecure() {
    return insecure;
  }

  @DataBoundSetter
  public void setInsecure(boolean insecure) {
    this.insecure = insecure;
  }

  public boolean isSkipTlsVerify() {
    return skipTlsVerify;
  }

  @DataBoundSetter
  public void setSkipTlsVerify(boolean skipTlsVerify) {
    this.skipTlsVerify = skipTlsVerify;
  }

  public String getIsolation() {
    return isolation;
  }

  @DataBoundSetter
  public void setIsolation(String isolation) {
    this.isolation = Values.trimmed(isolation);
  }

  public String getCompression() {
    return compression;
  }

  @DataBoundSetter
  public void setCompression(String compression) {
    this.compression = Values.trimmed(compression);
  }

  public String getVerbosity() {
    return verbosity;
  }

  @DataBoundSetter
  public void setVerbosity(String verbosity) {
    this.verbosity = Values.trimmed(verbosity);
  }

  public List<String> getExtraArgs() {
    return extraArgs;
  }

  @DataBoundSetter
  public void setExtraArgs(List<String> extraArgs) {
    this.extraArgs = Values.list(extraArgs);
  }

  public String getExecutor() {
    return executor;
  }

  @DataBoundSetter
  public void setExecutor(String executor) {
    this.executor = Values.trimmed(executor);
  }

  /** The form, see {@link KanikoBuildSpecDescriptor}. */
  @Extension
  @Symbol("kanikoSpec")
  public static final class DescriptorImpl extends KanikoBuildSpecDescriptor {}
}
