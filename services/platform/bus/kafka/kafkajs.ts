import kafkajs from 'kafkajs';

/** kafkajs is CommonJS whose named exports Node does not see; types can be imported from it directly. */
export const { CompressionTypes, ConfigResourceTypes, Kafka, logLevel, Partitioners } = kafkajs;
