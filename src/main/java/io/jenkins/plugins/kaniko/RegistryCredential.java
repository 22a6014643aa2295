package io.jenkins.plugins.kaniko;

import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.io.Serializable;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * Which credentials open which registry. The registry is {@code host[:port][/path]}; it may be
 * empty only for credentials that are a whole {@code config.json}.
 */
public final class RegistryCredential extends AbstractDescribableImpl<RegistryCredential>
    implements Serializable {
  private static final long serialVersionUID = 1;

  private final String registry;
  private final String credentialsId;

  @DataBoundConstructor
  public RegistryCredential(String registry, String credentialsId) {
    this.registry = Values.trimmed(registry);
    this.credentialsId = Values.trimmed(credentialsId);
  }

  public String getRegistry() {
    return registry;
  }

  public String getCredentialsId() {
    return credentialsId;
  }

  /** The form of one row. */
  @Extension
  @Symbol("kanikoRegistry")
  public static final class DescriptorImpl extends Descriptor<RegistryCredential> {
    public DescriptorImpl() {
      super(RegistryCredential.class);
    }

    @Override
    public String getDisplayName() {
      return Messages.RegistryCredential_displayName();
    }

    @POST
    public ListBoxModel doFillCredentialsIdItems(
        @AncestorInPath Item item,
        @QueryParameter String registry,
        @QueryParameter String credentialsId) {
      return CredentialsChoice.forRegistry(item, registry, credentialsId);
    }

    @POST
    public FormValidation doCheckRegistry(@AncestorInPath Item item, @QueryParameter String value) {
      return FormChecks.check(item, () -> Checks.registry(value));
    }
  }
}
