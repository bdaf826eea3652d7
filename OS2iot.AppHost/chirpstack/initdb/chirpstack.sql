-- ChirpStack searches by trigram; the extension has to be there before its first start.
CREATE DATABASE chirpstack;
\connect chirpstack
CREATE EXTENSION pg_trgm;
