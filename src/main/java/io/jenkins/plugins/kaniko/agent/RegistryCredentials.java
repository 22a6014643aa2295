package io.jenkins.plugins.kaniko.agent;

import java.io.Serializable;

/** What opens a registry. The text form of none of them shows a secret. */
public sealed interface RegistryCredentials extends Serializable
    permits RegistryLogin, RegistryToken, RegistryCertificate, ConfigJson {}
