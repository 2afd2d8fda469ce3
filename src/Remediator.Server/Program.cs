using Remediator.Server.Verbs;

return await CommandTree.RunAsync(args);
