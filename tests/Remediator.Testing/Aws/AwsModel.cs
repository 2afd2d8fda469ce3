namespace Remediator.Testing.Aws;

/// <summary>An instance of EC2 as the model has it.</summary>
public sealed record ModelInstance(string Id)
{
    public string State { get; set; } = "running";
    /// <summary>The code of why it is stopped.</summary>
    public string StateReason { get; set; } = "Client.UserInitiatedShutdown";
    public string Zone { get; init; } = "eu-central-1a";
    public DateTimeOffset LaunchedAt { get; set; } = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);
    public string Address { get; set; } = "10.0.0.1";
    /// <summary>Of the three status checks.</summary>
    public string System { get; set; } = "ok";
    public string Checks { get; set; } = "ok";
    public string Volumes { get; set; } = "ok";
    /// <summary>The code of what EC2 has announced; empty for nothing.</summary>
    public string Event { get; set; } = "";
    /// <summary>Of an event that is over, EC2 tells for a week more, and says so here (EC2 API, InstanceStatusEvent).</summary>
    public string EventDescription { get; set; } = "The instance is running on degraded hardware";
    public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal)
        { ["remediator"] = "allowed", ["kubernetes.io/cluster/test"] = "owned" };
    public string Group { get; set; } = "";
    public string Lifecycle { get; set; } = "InService";
    public string Health { get; set; } = "Healthy";
    public bool IsNitro { get; set; } = true;
    public string Console { get; set; } = "";
    public int Reboots { get; set; }
    public int Stops { get; set; }
    public int Starts { get; set; }
    /// <summary>The root is on an EBS volume; where it is not, the instance cannot be stopped.</summary>
    public bool IsEbs { get; set; } = true;
    public string Tenancy { get; set; } = "default";
    public bool IsStopProtected { get; set; }
    /// <summary>EC2 has no room for it when it is to start.</summary>
    public bool HasNoCapacity { get; set; }
    public bool IsProtected { get; set; }
    public bool IsSpot { get; set; }
    /// <summary>How it is paid, where that is neither on demand nor spot: <c>capacity-block</c> (EC2 API, Instance).</summary>
    public string Bought { get; set; } = "";
    /// <summary>The code of its request, where it is a spot instance.</summary>
    public string SpotStatus { get; set; } = "fulfilled";
    /// <summary>Those of this name have an instance store.</summary>
    public string Type { get; set; } = "m7i.large";
}

public sealed record ModelGroup(string Name)
{
    public int Min { get; set; } = 1;
    public int Max { get; set; } = 9;
    public int Desired { get; set; } = 3;
    public List<string> Zones { get; } = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
    public List<string> Suspended { get; } = [];
    public List<string> Activities { get; } = [];
    /// <summary>Activities that are over.</summary>
    public List<(string What, string Status, DateTimeOffset At)> Ended { get; } = [];
    /// <summary>Why it cannot launch any; empty where it can.</summary>
    public string LaunchFault { get; set; } = "";
    public bool HasMixedInstances { get; set; }
    public bool ReusesInstances { get; set; }
    public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal) { ["remediator"] = "allowed" };
}

public sealed record ModelVolume(string Id)
{
    /// <summary>In GiB.</summary>
    public int Size { get; set; } = 100;
    public string Instance { get; set; } = "";
    /// <summary>Of its last change; empty where there was none.</summary>
    public string State { get; set; } = "";
    public int Original { get; set; }
    public int Target { get; set; }
    public DateTimeOffset ChangedAt { get; set; }
    /// <summary>Reads do not show its last change yet.</summary>
    public bool IsChangeHidden { get; set; }
    public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal) { ["remediator"] = "allowed" };
}

/// <summary>What EC2 and EC2 Auto Scaling keep. What takes them time is ended by the test: <see cref="Settle"/>.</summary>
public sealed class AwsModel
{
    private readonly Dictionary<string, ModelInstance> _seen = new(StringComparer.Ordinal);

    public Lock Lock { get; } = new();

    public Dictionary<string, ModelInstance> Instances { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ModelGroup> Groups { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ModelVolume> Volumes { get; } = new(StringComparer.Ordinal);

    /// <summary>So many reads after a change still show what was before it.</summary>
    public int StaleReads { get; set; }

    private int _staleLeft;

    /// <summary>Models of tests that run on one cluster at once have different instances.</summary>
    private readonly uint _own = (uint)Random.Shared.NextInt64(0x1000_0000, 0xffff_ffff);

    /// <summary>What is begun with an instance; the test carries it to its machine.</summary>
    public event Action<ModelInstance>? Rebooted;

    public event Action<ModelInstance>? Launched;

    public event Action<ModelInstance>? Ended;

    public ModelInstance Add(ModelInstance instance)
    {
        Instances[instance.Id] = instance;
        return instance;
    }

    public ModelGroup Add(ModelGroup group)
    {
        Groups[group.Name] = group;
        return group;
    }

    public ModelVolume Add(ModelVolume volume)
    {
        Volumes[volume.Id] = volume;
        return volume;
    }

    /// <summary>A volume that is being made larger has its new size, and is slower for a while.</summary>
    public void Optimize(ModelVolume volume)
    {
        lock (Lock)
            (volume.Size, volume.State) = (volume.Target, "optimizing");
    }

    /// <summary>As a reader sees it.</summary>
    public ModelInstance? Read(string id) =>
        _staleLeft > 0 && _seen.TryGetValue(id, out var before) ? before : Instances.GetValueOrDefault(id);

    /// <summary>One read has been answered.</summary>
    public void WasRead() => _staleLeft = Math.Max(0, _staleLeft - 1);

    public void Reboot(ModelInstance instance)
    {
        Remember();
        instance.Reboots++;
        (instance.System, instance.Checks, instance.Volumes) = ("ok", "initializing", "ok");
        Rebooted?.Invoke(instance);
    }

    public void Stop(ModelInstance instance)
    {
        Remember();
        instance.Stops++;
        (instance.State, instance.StateReason) = ("stopping", "Client.UserInitiatedShutdown");
    }

    /// <summary>On other hardware.</summary>
    public void Start(ModelInstance instance)
    {
        Remember();
        instance.Starts++;
        (instance.State, instance.EventDescription) = ("pending", $"[Completed] {instance.EventDescription}");
        (instance.System, instance.Checks, instance.Volumes) = ("ok", "initializing", "ok");
    }

    public void Move(ModelInstance instance, string lifecycle, int desired)
    {
        Remember();
        instance.Lifecycle = lifecycle;
        Groups[instance.Group].Desired += desired;
    }

    /// <summary>What was begun has ended.</summary>
    public void Settle()
    {
        lock (Lock)
        {
            foreach (var instance in Instances.Values)
            {
                instance.Lifecycle = instance.Lifecycle switch
                {
                    "EnteringStandby" => "Standby",
                    "Pending" => "InService",
                    var other => other,
                };
                instance.State = instance.State switch
                {
                    "stopping" => "stopped",
                    "pending" => "running",
                    var other => other,
                };
                if (instance.Lifecycle == "Terminating")
                    (instance.State, instance.Group, instance.Lifecycle) = ("terminated", "", "Terminated");
            }

            foreach (var group in Groups.Values)
                Launch(group);
        }
    }

    public void Want(ModelGroup group, int desired)
    {
        Remember();
        group.Desired = desired;
    }

    public void Terminate(ModelInstance instance, bool decrements)
    {
        Move(instance, "Terminating", decrements ? -1 : 0);
        instance.State = "shutting-down";
        Ended?.Invoke(instance);
    }

    /// <summary>
    /// What a group does every minute by itself: it ends those in service that EC2's checks find impaired, launches where a zone has
    /// two less than another, and ends as many in the fullest as are too much.
    /// </summary>
    public void Tend()
    {
        lock (Lock)
        {
            foreach (var group in Groups.Values)
            {
                List<ModelInstance> Serving() => [.. Instances.Values.Where(i => i.Group == group.Name && i.Lifecycle == "InService")];
                foreach (var sick in Serving().Where(i => (i.System, i.Checks, i.Volumes) is not ("ok", "ok", "ok")))
                    Terminate(sick, decrements: false);
                int In(string zone) => Serving().Count(i => i.Zone == zone);
                if (!group.Suspended.Contains("AZRebalance") && group.Zones.Max(In) - group.Zones.Min(In) > 1)
                {
                    var launched = LaunchOne(group);
                    (launched.Lifecycle, launched.Checks) = ("InService", "ok");
                }

                foreach (var surplus in Serving().OrderByDescending(i => In(i.Zone)).Take(Serving().Count - group.Desired).ToList())
                    Terminate(surplus, decrements: false);
            }
        }

        Settle();
    }

    /// <summary>Into the zone with the fewest, as many as are wanted. What is in Standby, or goes, is not among those.</summary>
    private void Launch(ModelGroup group)
    {
        List<ModelInstance> Counted() => [.. Instances.Values.Where(
            i => i.Group == group.Name && i.Lifecycle is ("InService" or "Pending"))];
        while (group.Desired > Counted().Count && group.LaunchFault.Length == 0 && !group.Suspended.Contains("Launch"))
            LaunchOne(group);
    }

    private ModelInstance LaunchOne(ModelGroup group)
    {
        var number = Instances.Count;
        int Counted(string zone) => Instances.Values.Count(
            i => i.Group == group.Name && i.Zone == zone && i.Lifecycle is ("InService" or "Pending"));
        var launched = Add(new ModelInstance($"i-{_own:x8}{number:x9}")
        {
            Group = group.Name, Address = $"10.0.1.{number}", Checks = "initializing", Zone = group.Zones.MinBy(Counted)!,
        });
        launched.Lifecycle = "Pending";
        Launched?.Invoke(launched);
        return launched;
    }

    private void Remember()
    {
        _staleLeft = StaleReads;
        foreach (var instance in Instances.Values)
            _seen[instance.Id] = instance with { };
    }
}
