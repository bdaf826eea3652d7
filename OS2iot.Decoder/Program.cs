using OS2iot.Decoder;

return DecodeLoop.Run(DecodeLimits.From(args));
