package io.jenkins.plugins.kaniko;

import hudson.EnvVars;
import hudson.Extension;
import hudson.FilePath;
import hudson.model.Descriptor;
import hudson.model.Run;
import hudson.model.TaskListener;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * {@code kanikoBuild(destination: 'registry/app:1.2')}: builds an image on the agent and pushes it.
 * The parameters are those of {@link KanikoBuildSpec}; the result is a {@link KanikoImage}.
 */
public final class KanikoBuildStep extends Step {
  private final KanikoBuildSpec spec;

  @DataBoundConstructor
  public KanikoBuildStep() {
    this(new KanikoBuildSpec());
  }

  KanikoBuildStep(KanikoBuildSpec spec) {
    this.spec = spec;
  }

  /** The parameters together, for the form. */
  public KanikoBuildSpec getSpec() {
    return spec;
  }

  @Override
  public StepExecution start(StepContext context) {
    return new KanikoBuildExecution(context, spec);
  }

  /** The only destination, or null if there are none or several. */
  public String getDestination() {
    return spec.getDestinations().size() == 1 ? spec.getDestinations().get(0) : null;
  }

  @DataBoundSetter
  public void setDestination(String destination) {
    List<String> all = new ArrayList<>(spec.getDestinations());
    all.add(destination);
    spec.setDestinations(all);
  }

  /** All destinations if there are several. */
  public List<String> getDestinations() {
    return spec.getDestinations().size() == 1 ? List.of() : spec.getDestinations();
  }

  @DataBoundSetter
  public void setDestinations(List<String> destinations) {
    List<String> all = new ArrayList<>(spec.getDestinations());
    all.addAll(Values.list(destinations));
    spec.setDestinations(all);
  }

  public String getContext() {
    return spec.getContext();
  }

  @DataBoundSetter
  public void setContext(String context) {
    spec.setContext(context);
  }

  public String getDockerfile() {
    return spec.getDockerfile();
  }

  @DataBoundSetter
  public void setDockerfile(String dockerfile) {
    spec.setDockerfile(dockerfile);
  }

  public String getTarget() {
    return spec.getTarget();
  }

  @DataBoundSetter
  public void setTarget(String target) {
    spec.setTarget(target);
  }

  public List<String> getBuildArgs() {
    return spec.getBuildArgs();
  }

  @DataBoundSetter
  public void setBuildArgs(List<String> buildArgs) {
    spec.setBuildArgs(buildArgs);
  }

  public List<String> getLabels() {
    return spec.getLabels();
  }

  @DataBoundSetter
  public void setLabels(List<String> labels) {
    spec.setLabels(labels);
  }

  public String getPlatform() {
    return spec.getPlatform();
  }

  @DataBoundSetter
  public void setPlatform(String platform) {
    spec.setPlatform(platform);
  }

  public boolean isPush() {
    return spec.isPush();
  }

  @DataBoundSetter
  public void setPush(boolean push) {
    spec.setPush(push);
  }

  public String getTarPath() {
    return spec.getTarPath();
  }

  @DataBoundSetter
  public void setTarPath(String tarPath) {
    spec.setTarPath(tarPath);
  }

  public String getOciLayoutPath() {
    return spec.getOciLayoutPath();
  }

  @DataBoundSetter
  public void setOciLayoutPath(String ociLayoutPath) {
    spec.setOciLayoutPath(ociLayoutPath);
  }

  public String getDigestFile() {
    return spec.getDigestFile();
  }

  @DataBoundSetter
  public void setDigestFile(String digestFile) {
    spec.setDigestFile(digestFile);
  }

  public boolean isCache() {
    return spec.isCache();
  }

  @DataBoundSetter
  public void setCache(boolean cache) {
    spec.setCache(cache);
  }

  public String getCacheRepo() {
    return spec.getCacheRepo();
  }

  @DataBoundSetter
  public void setCacheRepo(String cacheRepo) {
    spec.setCacheRepo(cacheRepo);
  }

  public String getCacheTtl() {
    return spec.getCacheTtl();
  }

  @DataBoundSetter
  public void setCacheTtl(String cacheTtl) {
    spec.setCacheTtl(cacheTtl);
  }

  public boolean isCacheCopyLayers() {
    return spec.isCacheCopyLayers();
  }

  @DataBoundSetter
  public void setCacheCopyLayers(boolean cacheCopyLayers) {
    spec.setCacheCopyLayers(cacheCopyLayers);
  }

  public String getCredentialsId() {
    return spec.getCredentialsId();
  }

  @DataBoundSetter
  public void setCredentialsId(String credentialsId) {
    spec.setCredentialsId(credentialsId);
  }

  public List<RegistryCredential> getCredentials() {
    return spec.getCredentials();
  }

  @DataBoundSetter
  public void setCredentials(List<RegistryCredential> credentials) {
    spec.setCredentials(credentials);
  }

  public List<BuildSecret> getSecrets() {
    return spec.getSecrets();
  }

  @DataBoundSetter
  public void setSecrets(List<BuildSecret> secrets) {
    spec.setSecrets(secrets);
  }

  public String getSsh() {
    return spec.getSsh();
  }

  @DataBoundSetter
  public void setSsh(String ssh) {
    spec.setSsh(ssh);
  }

  public List<String> getBuildContexts() {
    return spec.getBuildContexts();
  }

  @DataBoundSetter
  public void setBuildContexts(List<String> buildContexts) {
    spec.setBuildContexts(buildContexts);
  }

  public List<String> getRegistryMirrors() {
    return spec.getRegistryMirrors();
  }

  @DataBoundSetter
  public void setRegistryMirrors(List<String> registryMirrors) {
    spec.setRegistryMirrors(registryMirrors);
  }

  public boolean isInsecure() {
    return spec.isInsecure();
  }

  @DataBoundSetter
  public void setInsecure(boolean insecure) {
    spec.setInsecure(insecure);
  }

  public boolean isSkipTlsVerify() {
    return spec.isSkipTlsVerify();
  }

  @DataBoundSetter
  public void setSkipTlsVerify(boolean skipTlsVerify) {
    spec.setSkipTlsVerify(skipTlsVerify);
  }

  public String getIsolation() {
    return spec.getIsolation();
  }

  @DataBoundSetter
  public void setIsolation(String isolation) {
    spec.setIsolation(isolation);
  }

  public String getCompression() {
    return spec.getCompression();
  }

  @DataBoundSetter
  public void setCompression(String compression) {
    spec.setCompression(compression);
  }

  public String getVerbosity() {
    return spec.getVerbosity();
  }

  @DataBoundSetter
  public void setVerbosity(String verbosity) {
    spec.setVerbosity(verbosity);
  }

  public List<String> getExtraArgs() {
    return spec.getExtraArgs();
  }

  @DataBoundSetter
  public void setExtraArgs(List<String> extraArgs) {
    spec.setExtraArgs(extraArgs);
  }

  public String getExecutor() {
    return spec.getExecutor();
  }

  @DataBoundSetter
  public void setExecutor(String executor) {
    spec.setExecutor(executor);
  }

  /** Describes the step to Pipeline. */
  @Extension
  public static final class DescriptorImpl extends StepDescriptor
      implements CustomDescribableModel {
    @Override
    public String getFunctionName() {
      return "kanikoBuild";
    }

    @Override
    public String getDisplayName() {
      return Messages.KanikoBuildStep_displayName();
    }

    @Override
    public Set<? extends Class<?>> getRequiredContext() {
      return new LinkedHashSet<>(
          List.of(Run.class, FilePath.class, EnvVars.class, TaskListener.class, FlowNode.class));
    }

    @Override
    public String argumentsToString(Map<String, Object> arguments) {
      return StepArguments.label(arguments);
    }

    @Override
    public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
      return StepArguments.normalised(arguments);
    }

    @Override
    public UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable description) {
      return description.withArguments(StepArguments.shortened(description.getArguments()));
    }

    /** The descriptor whose form the step shows. */
    public KanikoBuildSpecDescriptor getSpecDescriptor() {
      return (KanikoBuildSpecDescriptor) Jenkins.get().getDescriptorOrDie(KanikoBuildSpec.class);
    }

    @Override
    public Step newInstance(StaplerRequest2 request, JSONObject json) {
      JSONObject fields = JSONObject.fromObject(json);
      // They name this step, and the fields are those of the specification.
      fields.remove("$class");
      fields.remove("stapler-class");
      try {
        return new KanikoBuildStep(getSpecDescriptor().newInstance(request, fields));
      } catch (Descriptor.FormException e) {
        // The snippet generator is the only form of a step, and shows nothing of this one.
        throw new ParameterException(e.getMessage());
      }
    }
  }
}
