package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.JsonNode;

/** Makes a record of a method's answer. */
@FunctionalInterface
interface AnswerReader<T> {
    T read(JsonNode answer) throws UnexpectedAnswerException;
}
