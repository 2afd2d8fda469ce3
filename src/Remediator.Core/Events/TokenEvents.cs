namespace Remediator.Core.Events;

/// <summary>Somebody was given a token. The three events of tokens belong to the engine, not to a resource.</summary>
/// <param name="Id">Names the token without telling it.</param>
/// <param name="Name">Whose it is: the name that is journalled for what its holder does.</param>
/// <param name="Hash">SHA-256 of the token, in hexadecimal; the token itself is stored nowhere.</param>
public sealed record TokenCreated(string Id, string Name, string Role, string Hash, DateTimeOffset ExpiresAt) : Event;

/// <summary>A person has ended it.</summary>
public sealed record TokenRevoked(string Id, string Name, string Reason) : Event;

/// <summary>Its time was over.</summary>
public sealed record TokenExpired(string Id, string Name) : Event;
