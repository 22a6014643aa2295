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

/** A secret for {@code RUN --mount=type=secret,id=...}: its id and the credentials that hold it. */
public final class BuildSecret extends AbstractDescribableImpl<BuildSecret>
    implements Serializable {
  private static final long serialVersionUID = 1;

  private final String id;
  private final String credentialsId;

  @DataBoundConstructor
  public BuildSecret(String id, String credentialsId) {
    this.id = Values.trimmed(id);
    this.credentialsId = Values.trimmed(credentialsId);
  }

  public String getId() {
    return id;
  }

  public String getCredentialsId() {
    return credentialsId;
  }

  /** The form of one row. */
  @Extension
  @Symbol("kanikoSecret")
  public static final class DescriptorImpl extends Descriptor<BuildSecret> {
    public DescriptorImpl() {
      super(BuildSecret.class);
    }

    @Override
    public String getDisplayName() {
      return Messages.BuildSecret_displayName();
    }

    @POST
    public ListBoxModel doFillCredentialsIdItems(
        @AncestorInPath Item item, @QueryParameter String credentialsId) {
      return CredentialsChoice.forSecret(item, credentialsId);
    }

    @POST
    public FormValidation doCheckId(@AncestorInPath Item item, @QueryParameter String value) {
      return FormChecks.check(item, () -> Checks.secretId(value));
    }
  }
}
