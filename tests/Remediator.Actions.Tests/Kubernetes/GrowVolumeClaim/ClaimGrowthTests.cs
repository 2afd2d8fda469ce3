using System.Globalization;
using k8s.Models;
using Remediator.Actions.Kubernetes.GrowVolumeClaim;
using Remediator.Actions.Kubernetes.VolumeClaims;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Tests.Kubernetes.GrowVolumeClaim;

public sealed class ClaimGrowthTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 9, 0, 0, TimeSpan.Zero);

    private readonly V1PersistentVolumeClaim _claim = Claim("data-db-0", "10Gi");
    private V1StorageClass? _storage = new() { AllowVolumeExpansion = true };

    [Theory]
    [InlineData("10Gi", "25", "1Ti", "13Gi")]
    [InlineData("100Gi", "25", "1Ti", "125Gi")]
    [InlineData("100Gi", "5", "1Ti", "120Gi")]
    [InlineData("1Gi", "20", "1Ti", "2Gi")]
    [InlineData("100G", "20", "1Ti", "112Gi")]
    [InlineData("100Gi", "50", "130Gi", "130Gi")]
    [InlineData("100Gi", "25", "120Gi", "120Gi")]
    [InlineData("100Gi", "25", "119Gi", null)]
    [InlineData("100Gi", "25", "100Gi", null)]
    [InlineData("100Gi", "25", "10Gi", null)]
    public void AClaim_BecomesSoMuchLarger_UpToWhatThePolicyAllows(string has, string by, string most, string? to)
    {
        var growth = ClaimGrowth.Of(
            Claim("data", has), _storage, Quantity.Parse(most).Bytes, decimal.Parse(by, CultureInfo.InvariantCulture), Now);
        Assert.Equal(to is null ? 0 : Quantity.Parse(to).Bytes, growth.Bytes);
        Assert.Equal(
            to is null ? $"it has {has}, and less than 20% is left up to the {most} that the policy allows" : null, growth.Doubt);
    }

    public static TheoryData<string, string> Doubts => new()
    {
        { "deleted", "it is being deleted" },
        { "pending", "it is not bound to a volume (Pending)" },
        { "lost", "it is not bound to a volume (Lost)" },
        { "block", "it is a block device, of which only its user can make more use" },
        { "policy", "the policy does not let it become larger; 'claims' says which may" },
        { "classless", "it has no storage class" },
        { "no class", "its storage class fast does not exist" },
        { "fixed", "its storage class fast does not allow it (allowVolumeExpansion)" },
        { "growing", "it is being made larger already, from 10Gi to 20Gi" },
        { "grown", "it was made larger, from 8Gi to 10Gi, on 2026-11-01: what has filled it again is for people" },
        { "empty", "its annotation that says when it was made larger last cannot be read" },
        { "unread", "its annotation that says when it was made larger last cannot be read" },
    };

    [Theory]
    [MemberData(nameof(Doubts))]
    public void WhatSpeaksAgainstIt_IsSaid_OfTheOneThatIsFull_AndOfOneBesideIt(string trouble, string doubt)
    {
        long? most = 1L << 40;
        switch (trouble)
        {
            case "deleted": _claim.Metadata.DeletionTimestamp = Now.UtcDateTime; break;
            case "pending": (_claim.Status.Phase, _claim.Status.Capacity) = ("Pending", null); break;
            case "lost": _claim.Status.Phase = "Lost"; break;
            case "block": _claim.Spec.VolumeMode = "Block"; break;
            case "policy": most = null; break;
            case "classless": _claim.Spec.StorageClassName = ""; break;
            case "no class": _storage = null; break;
            case "fixed": _storage!.AllowVolumeExpansion = null; break;
            case "growing": _claim.Spec.Resources.Requests["storage"] = new("20Gi"); break;
            case "grown": Mark(Now.AddDays(-26)); break;
            case "unread" or "empty":
                _claim.Metadata.Annotations = new Dictionary<string, string>
                    { ["remediator.io/claim-grown"] = trouble == "empty" ? "{}" : "lately" };
                break;
        }

        var growth = ClaimGrowth.Of(_claim, _storage, most, 25, Now);
        Assert.Equal((0, doubt), (growth.Bytes, growth.Doubt));
        Assert.Equal(doubt, ClaimGrowth.Beside(_claim, _storage, most, 13L << 30, Now));
    }

    [Fact]
    public void AMonthLater_ItMayBecomeLargerAgain()
    {
        Mark(Now.AddDays(-31));
        Assert.Equal(13L << 30, ClaimGrowth.Of(_claim, _storage, 1L << 40, 25, Now).Bytes);
    }

    [Fact]
    public void OneBesideIt_ThatMayHaveLess_StaysAsItIs_AndOneThatHasAsMuchNeedsNothing()
    {
        Assert.Equal("the policy allows it 12Gi", ClaimGrowth.Beside(_claim, _storage, 12L << 30, 13L << 30, Now));
        Assert.Null(ClaimGrowth.Beside(_claim, null, null, 10L << 30, Now));
    }

    [Theory]
    [InlineData("shop", "data-db-0", 50)]
    [InlineData("shop", "logs", 80)]
    [InlineData("shop", "data-db-x", 50)]
    [InlineData("bank", "data-db-0", 0)]
    public void OfAllEntriesThatMatch_TheLeastHolds_AndWithoutOneItMayNot(string space, string name, int gi)
    {
        GrowingClaim Entry(int upTo, params (string, string)[] match) =>
            new(new(match.ToDictionary(m => m.Item1, m => m.Item2)), (long)upTo << 30);
        Assert.Equal(
            gi == 0 ? null : (long)gi << 30,
            GrowingClaim.Most(
                [Entry(80, ("namespace", "shop")), Entry(50, ("namespace", "shop"), ("name", "data-*")), Entry(1, ("cluster", "other"))],
                new("test", "pvc", space, name)));
    }

    [Theory]
    [InlineData("data-db-0", true)]
    [InlineData("data-db-12", true)]
    [InlineData("data-db-", false)]
    [InlineData("data-db-0-old", false)]
    [InlineData("data-db", false)]
    [InlineData("data-dbx-0", false)]
    public void AClaim_IsOfASet_ByTemplateSetAndNumber(string name, bool isOf) =>
        Assert.Equal(isOf, ClaimSiblings.IsOf("data-db-", name));

    [Theory]
    [InlineData("requests.storage", "30Gi", "21Gi", null)]
    [InlineData("requests.storage", "30Gi", "22Gi", "quota small leaves no room for 9Gi more (requests.storage)")]
    // one that was not counted yet
    [InlineData("requests.storage", "30Gi", "", "quota small leaves no room for 9Gi more (requests.storage)")]
    [InlineData("fast.storageclass.storage.k8s.io/requests.storage", "30Gi", "25Gi",
        "quota small leaves no room for 9Gi more (fast.storageclass.storage.k8s.io/requests.storage)")]
    [InlineData("slow.storageclass.storage.k8s.io/requests.storage", "30Gi", "30Gi", null)]
    [InlineData("requests.memory", "1Gi", "1Gi", null)]
    public void Quotas_HaveToHaveRoom(string name, string hard, string used, string? refusal) => Assert.Equal(
        refusal,
        ClaimRoom.OfQuotas(
            [
                new()
                {
                    Metadata = new() { Name = "small" },
                    Spec = new() { Hard = new Dictionary<string, ResourceQuantity> { [name] = new(hard) } },
                    Status = new() { Used = used.Length == 0 ? null : new Dictionary<string, ResourceQuantity> { [name] = new(used) } },
                },
            ], "fast", 9L << 30));

    [Theory]
    [InlineData("PersistentVolumeClaim", "13Gi", null)]
    [InlineData("PersistentVolumeClaim", "12Gi", "limit range tight allows a claim at most 12Gi")]
    [InlineData("Container", "12Gi", null)]
    public void LimitRanges_Hold(string type, string max, string? refusal) => Assert.Equal(
        refusal,
        ClaimRoom.OfRanges(
            [
                new()
                {
                    Metadata = new() { Name = "tight" },
                    Spec = new()
                        { Limits = [new() { Type = type, Max = new Dictionary<string, ResourceQuantity> { ["storage"] = new(max) } }] },
                },
            ], 13L << 30));

    public static TheoryData<string, ActState, string> Progress => new()
    {
        { "has it", ActState.Done, "pvc shop/data-db-0 has 20Gi, and its file system too" },
        { "asked", ActState.InProgress, "the driver makes pvc shop/data-db-0 larger" },
        { "refused", ActState.InProgress, "the driver does not make pvc shop/data-db-0 larger so far: quota of the account exceeded" },
        { "infeasible", ActState.Failed, "the driver of pvc shop/data-db-0 cannot make it larger: volumes end at 15Gi" },
        { "shrunk", ActState.Failed, "somebody has set what pvc shop/data-db-0 asks for back to 10Gi" },
        { "pending", ActState.InProgress, "the volume of pvc shop/data-db-0 is larger, and its file system is not yet" },
        {
            "restart", ActState.Failed,
            "the volume of pvc shop/data-db-0 is larger, and its file system is not: that happens when pod db-0 is started again, which is "
                + "for people (FileSystemResizePending)"
        },
        {
            "unused", ActState.Failed,
            "the volume of pvc shop/data-db-0 is larger, and its file system is not: that happens when a pod that uses it starts, and none "
                + "runs (FileSystemResizePending)"
        },
    };

    [Theory]
    [MemberData(nameof(Progress))]
    public void HowItGoes_TheClaimSays(string how, ActState state, string seen)
    {
        _claim.Spec.Resources.Requests["storage"] = new(how == "shrunk" ? "10Gi" : "20Gi");
        switch (how)
        {
            case "has it": _claim.Status.Capacity["storage"] = new("20Gi"); break;
            case "infeasible":
                _claim.Status.AllocatedResourceStatuses = new Dictionary<string, string> { ["storage"] = "ControllerResizeInfeasible" };
                Condition("ControllerResizeError", Now, "volumes end at 15Gi");
                break;
            case "pending": Condition("FileSystemResizePending", Now.AddMinutes(-4)); break;
            case "restart" or "unused": Condition("FileSystemResizePending", Now.AddMinutes(-6)); break;
        }

        var status = ClaimProgress.Of(
            _claim, 20L << 30, how == "refused" ? "quota of the account exceeded" : null, how == "unused" ? [] : ["db-0"], Now);
        Assert.Equal((state, seen), (status.State, status.Seen));
    }

    private void Condition(string type, DateTimeOffset since, string message = "") => _claim.Status.Conditions =
        [new() { Type = type, Status = "True", LastTransitionTime = since.UtcDateTime, Message = message }];

    private void Mark(DateTimeOffset at) => _claim.Metadata.Annotations = new Dictionary<string, string>
        { ["remediator.io/claim-grown"] = new ClaimGrown(at, "act-0", "inc-0", "8Gi", "10Gi").ToJson() };

    private static V1PersistentVolumeClaim Claim(string name, string size) => new()
    {
        Metadata = new() { Name = name, NamespaceProperty = "shop", Uid = name },
        Spec = new()
        {
            StorageClassName = "fast",
            Resources = new() { Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new(size) } },
        },
        Status = new() { Phase = "Bound", Capacity = new Dictionary<string, ResourceQuantity> { ["storage"] = new(size) } },
    };
}
