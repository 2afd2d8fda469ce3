using System.Security.Cryptography;
using System.Text;
using Remediator.Core.Journal;

namespace Remediator.Journal.Chain;

/// <summary>The key pair of a store, made at its first start. Whoever has the private file can forge checkpoints.</summary>
internal sealed class CheckpointKey : IDisposable
{
    public const string PrivateFile = "checkpoint-key.pem";
    public const string PublicFile = "checkpoint-key.pub.pem";

    private readonly ECDsa _key;

    private CheckpointKey(ECDsa key)
    {
        _key = key;
        Fingerprint = PublicKey.FingerprintOf(key);
    }

    public string Fingerprint { get; }

    /// <param name="folder">Keeps the public key, and the private one where no file is named.</param>
    /// <param name="named">File of a private key that is made elsewhere; empty for one of our own.</param>
    /// <param name="used">The key of the newest checkpoint; null where there is none yet.</param>
    /// <exception cref="StoreUnavailableException">The key is gone, unreadable, or not the one that the store was signed with.</exception>
    public static CheckpointKey Load(string folder, string named, string? used)
    {
        var file = named.Length > 0 ? named : Path.Combine(folder, PrivateFile);
        try
        {
            if (!File.Exists(file) && used is null && named.Length == 0)
                Write(file, NewKeyPem());
            var key = new CheckpointKey(Read(file));
            if (used is not null && used != key.Fingerprint)
                throw new StoreUnavailableException(
                    $"{file} is not the key that signed this store's checkpoints ({used}). Put the right one back: with "
                        + $"another, the journal could not be verified.");
            Write(Path.Combine(folder, PublicFile), key._key.ExportSubjectPublicKeyInfoPem() + "\n");
            return key;
        }
        catch (IOException e) when (used is null && e is (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new StoreUnavailableException(
                $"The key {file} is missing (Journal:CheckpointKeyFile). Make one: openssl genpkey -algorithm EC -pkeyopt "
                    + $"ec_paramgen_curve:P-256 -out {file}",
                e);
        }
        catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StoreUnavailableException(
                $"{file} is missing, and it signed this store's checkpoints ({used}). Put it back: without it, the journal "
                    + $"could not be verified.",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The key {file} cannot be used: {e.Message}", e);
        }
    }

    public string PublicKeyPem => _key.ExportSubjectPublicKeyInfoPem();

    public string Sign(string hash) => Convert.ToHexStringLower(_key.SignHash(Convert.FromHexString(hash)));

    public void Dispose() => _key.Dispose();

    private static string NewKeyPem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private static ECDsa Read(string file)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(file));
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new StoreUnavailableException($"{file} is not a private key in PEM: {e.Message}", e);
        }
    }

    // A crash leaves the old file or the new one, never half of it.
    private static void Write(string file, string text)
    {
        if (File.Exists(file) && File.ReadAllText(file) == text)
            return;
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var draft = file + ".new";
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, file, overwrite: true);
    }
}
