/**
 * The Jenkins side on the agent: installs the executor, places the credentials, starts and stops
 * the process, relays its events. Only JDK types and the records of this package cross the channel.
 */
package io.jenkins.plugins.kaniko.agent;
